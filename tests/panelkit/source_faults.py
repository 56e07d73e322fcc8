"""Faults of the source, by theme: inside a table, between years, in the prose, in the text, between reports."""

from panelkit import (
    faults_across_reports,
    faults_across_years,
    faults_of_prose,
    faults_of_tables,
    faults_of_texts,
    unusual_numbers,
)
from panelkit.plant import SOURCE

THEMES = (
    faults_of_tables, faults_across_years, faults_of_prose, faults_of_texts, faults_across_reports, unusual_numbers,
)  # fmt: skip

__all__ = ["SOURCE", "THEMES"]
