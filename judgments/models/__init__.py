"""The data: a file for each part of the domain, all of it importable from here."""

from judgments.models.care import CareRequest, ContentPreference
from judgments.models.history import ChainHead, Event
from judgments.models.jobs import Import, Job, Release
from judgments.models.judging import Assignment, Draft, Form, Judgment, Mark, Rating, Reason, Slot, quoted
from judgments.models.leaving import Stand, Withdrawal
from judgments.models.material import Family, Item, ItemResponse, ModelVersion, Response, Scenario
from judgments.models.people import (
    Background,
    Consent,
    ConsentText,
    ErasableText,
    Facet,
    Invitation,
    InvitationUse,
    Membership,
    Participant,
    Role,
    User,
)
from judgments.models.reading import FirstReading, Proposal
from judgments.models.rubrics import Dimension, Kind, Level, Rubric, RubricVersion, ScalePoint, Tag
from judgments.models.sittings import Bookmark, Sitting, TimeCorrection
from judgments.models.studies import Study
from judgments.models.wandering import Note

__all__ = [
    "Assignment",
    "Background",
    "Bookmark",
    "CareRequest",
    "ChainHead",
    "Consent",
    "ConsentText",
    "ContentPreference",
    "Dimension",
    "Draft",
    "ErasableText",
    "Event",
    "Facet",
    "Family",
    "FirstReading",
    "Form",
    "Import",
    "Invitation",
    "InvitationUse",
    "Item",
    "ItemResponse",
    "Job",
    "Judgment",
    "Kind",
    "Level",
    "Mark",
    "Membership",
    "ModelVersion",
    "Note",
    "Participant",
    "Proposal",
    "Rating",
    "Reason",
    "Release",
    "Response",
    "Role",
    "Rubric",
    "RubricVersion",
    "ScalePoint",
    "Scenario",
    "Sitting",
    "Slot",
    "Stand",
    "Study",
    "Tag",
    "TimeCorrection",
    "User",
    "Withdrawal",
    "quoted",
]
