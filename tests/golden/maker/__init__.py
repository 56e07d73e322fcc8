"""Makes the golden documents: numbers, the printed form, and one renderer a format. Developers' packages only."""
