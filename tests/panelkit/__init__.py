"""A generated panel of reports with planted faults, and found held against planted."""
