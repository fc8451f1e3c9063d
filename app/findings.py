"""What a ticket shows of an order that was not taken: each finding at its field, and whatever else denied it."""

from app.desk import Step, Submission
from app.risk import Finding as RiskFinding
from protocols.market import forms
from widgets.ticket import Finding, Level

_OF_A_LEG = (forms.PRICE, forms.STOP_PRICE)


def findings_of(submission: Submission) -> list[Finding]:
    """Of a submission that asks or was denied. One that was denied has always something that blocks: a warning that
    was agreed to is not why."""
    found = [Finding(_field(each), Level(each.level.value), each.words) for each in submission.findings]
    if submission.step is Step.DENIED and not any(each.level is Level.BLOCK for each in found):
        found.insert(0, Finding("", Level.BLOCK, submission.reason))
    return found


def _field(finding: RiskFinding) -> str:
    """The form's field: each leg of a pair has prices of its own."""
    return f"{finding.field}_{finding.leg}" if finding.leg and finding.field in _OF_A_LEG else finding.field
