"""The data: a file for each part of the domain, all of it importable from here."""

from judgments.models.history import ChainHead, Event
from judgments.models.jobs import Import, Job, Release
from judgments.models.judging import Assignment, Draft, Form, Judgment, Mark, Rating, Reason, Slot
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
from judgments.models.studies import Study

__all__ = [
    "Assignment",
    "Background",
    "ChainHead",
    "Consent",
    "ConsentText",
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
    "Slot",
    "Study",
    "Tag",
    "User",
]
