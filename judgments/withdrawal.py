"""Taking back: one item, all judgments, taking part, or the link to the person. Each is a row; words are erased.

Judgments and ratings stay where they are, so that the history still verifies, and count nowhere any more.
"""

from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from judgments import audit
from judgments.errors import TooLate
from judgments.models import (
    Assignment,
    Draft,
    ErasableText,
    InvitationUse,
    Item,
    Participant,
    Release,
    Slot,
    Study,
    Withdrawal,
)

Scope = Withdrawal.Scope


def withdrawn_pairs(study: Study) -> set[tuple[int, int | None]]:
    """(participant, item) of everything taken out of a study; item None: all that the participant judged."""
    rows = Withdrawal.objects.filter(participant__study=study, scope__in=Withdrawal.OF_JUDGMENTS)
    return set(rows.values_list("participant_id", "item_id"))


def standing(rows: QuerySet, judgment: str = "") -> QuerySet:
    """These rows without those whose judgment was taken back. judgment: the way there, such as `judgment__`."""
    taken = Withdrawal.objects.filter(
        Q(item__isnull=True) | Q(item=OuterRef(f"{judgment}item")),
        participant=OuterRef(f"{judgment}participant"), scope__in=Withdrawal.OF_JUDGMENTS,
    )  # fmt: skip
    return rows.filter(~Exists(taken))


def is_withdrawn(assignment: Assignment) -> bool:
    """Whether its author took this item, or everything, out of the study."""
    taken = Withdrawal.objects.filter(participant=assignment.participant_id, scope__in=Withdrawal.OF_JUDGMENTS)
    return taken.filter(Q(item__isnull=True) | Q(item=assignment.item_id)).exists()


def is_open(study: Study, *, now: datetime) -> bool:
    """Whether judgments can still be taken out: until the study's date, else until its first release."""
    if study.withdrawal_until is not None:
        return now.date() <= study.withdrawal_until
    return not study.releases.exists()


def released_with(participant: Participant) -> QuerySet[Release]:
    """Releases made since this person's first judgment: what has left and cannot be called back."""
    first = participant.judgments.order_by("pk").values_list("created_at", flat=True).first()
    if first is None:
        return Release.objects.none()
    return participant.study.releases.filter(created_at__gte=first).order_by("created_at")


# The four ways ------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_item(participant: Participant, item: Item, *, actor, now: datetime) -> None:
    """Take every judgment of one item out. Again changes nothing. Raises TooLate after the date."""
    participant = _locked(participant)
    if participant.withdrawals.filter(item=item).exists():
        return
    _check_date(participant.study, now)
    assignments = participant.assignments.filter(item=item)
    _erase_words(participant, assignments)
    _free_slots(assignments)
    _record(participant, Scope.ITEM, item, actor, now)


@transaction.atomic
def withdraw_judgments(participant: Participant, *, actor, now: datetime) -> None:
    """Take everything this person said out of the study, and stop. Raises TooLate after the date."""
    participant = _locked(participant)
    if participant.withdrawals.filter(scope=Scope.JUDGMENTS).exists():
        return
    _check_date(participant.study, now)
    _erase_words(participant, participant.assignments.all(), and_all_else=True)
    _free_slots(participant.assignments.all())
    _record(participant, Scope.JUDGMENTS, None, actor, now)


@transaction.atomic
def stop(participant: Participant, *, actor, now: datetime) -> None:
    """No more reading; what was said stays as it was agreed."""
    participant = _locked(participant)
    if not participant.withdrawals.filter(scope=Scope.PART).exists():
        held = participant.assignments.filter(state=Assignment.State.OFFERED)
        _free_slots(held)
        held.update(state=Assignment.State.SKIPPED, ended_at=now)
        _record(participant, Scope.PART, None, actor, now)


@transaction.atomic
def unlink(participant: Participant, *, actor, now: datetime) -> None:
    """Cut the code name loose from the account, and erase the background. It cannot be undone.

    The account itself stays for whatever else it is used for.
    """
    participant = _locked(participant)
    if participant.withdrawals.filter(scope=Scope.LINK).exists():
        return
    ErasableText.objects.filter(pk__in=participant.background.values("text_id")).delete()
    InvitationUse.objects.filter(invitation__study=participant.study, user=participant.user_id).delete()
    Participant.objects.filter(pk=participant.pk).update(user=None)
    _record(participant, Scope.LINK, None, None, now)


def _locked(participant: Participant) -> Participant:
    found = Participant.objects.select_for_update(of=("self",), no_key=True).select_related("study")
    return found.get(pk=participant.pk)


def _check_date(study: Study, now: datetime) -> None:
    if not is_open(study, now=now):
        raise TooLate("What has been judged in this study cannot be taken out any more.")


def _record(participant: Participant, scope: str, item: Item | None, actor, now: datetime) -> None:
    Withdrawal.objects.create(participant=participant, scope=scope, item=item, at=now)
    facts = {"scope": str(scope)} | ({"item": str(item.uid)} if item else {})
    kind = "withdrawn" if scope in Withdrawal.OF_JUDGMENTS else "left"
    audit.record(kind, study=participant.study, actor=actor, at=now, subject=participant.uid, **facts)


def _free_slots(assignments: QuerySet[Assignment]) -> None:
    """Room for somebody else where a judgment was counted or a place held."""
    slots = list(assignments.filter(slot__isnull=False).values_list("slot", flat=True))
    assignments.update(slot=None)
    Slot.objects.filter(pk__in=slots).update(state=Slot.State.OPEN, held_until=None)


def _erase_words(participant: Participant, assignments: QuerySet[Assignment], *, and_all_else: bool = False) -> None:
    Draft.objects.filter(assignment__in=assignments).delete()
    if and_all_else:
        participant.texts.all().delete()
        return
    for model, way, name in _texts_of_assignments():
        words = model.objects.filter(**{f"{way}__in": assignments.values("pk")}).values(name)
        ErasableText.objects.filter(pk__in=words).delete()


def _texts_of_assignments():
    """Every column that holds words said with an assignment: (model, the way to its assignment, its column).

    Found rather than listed, so that no table added later is forgotten.
    """
    for model in apps.get_app_config("judgments").get_models():
        fields = {field.name: field for field in model._meta.concrete_fields if field.is_relation}
        way = "assignment" if "assignment" in fields else "judgment__assignment" if "judgment" in fields else ""
        for name, field in fields.items():
            if way and field.related_model is ErasableText:
                yield model, way, f"{name}_id"
