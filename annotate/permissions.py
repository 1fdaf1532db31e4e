"""Who may do what: one predicate each, for pages and API alike. What may not be seen is answered with 404."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.crypto import salted_hmac

from judgments.models import Assignment, CareRequest, Judgment, Participant, Study, User
from judgments.withdrawal import standing


def is_admin(user) -> bool:
    """Whether this account may set up rubrics, material and people."""
    return user.is_active and user.is_staff and user.is_superuser


def studies_for(user) -> QuerySet[Study]:
    """Studies this user reads in or researches, each with the claims `reads` and `researches`."""
    studies = Study.objects.kept().annotate(
        reads=Exists(Participant.objects.filter(study=OuterRef("pk"), user=user)),
        researches=Exists(Study.objects.researched_by(user).filter(pk=OuterRef("pk"))),
    )
    return studies.filter(Q(reads=True) | Q(researches=True))


def study_for_researcher(user, slug: str) -> Study:
    """The study under this address if its results are this user's to see; else Http404."""
    study = Study.objects.researched_by(user).select_related("rubric_version").filter(slug=slug).first()
    if study is None:
        raise Http404("There is no such study for you.")
    return study


def participant_for(user, slug: str) -> Participant:
    """This user's participant in the study under this address; else Http404."""
    found = Participant.objects.select_related("study__rubric_version").filter(
        user=user, study__slug=slug, study__discarded_at__isnull=True
    )
    participant = found.first()
    if participant is None:
        raise Http404("There is no such study for you.")
    return participant


def assignment_for(user, uid) -> Assignment:
    """An assignment that is this user's own; else Http404."""
    whole = ("study", "item__scenario", "participant", "rubric_version", "first_reading")
    found = Assignment.objects.select_related(*whole).filter(
        uid=uid, participant__user=user, study__discarded_at__isnull=True
    )
    assignment = found.first()
    if assignment is None:
        raise Http404("There is no such item for you.")
    assignment.participant.study = assignment.study  # The same row: nobody asks for it again.
    return assignment


def reader_key(user) -> str:
    """A name for this account on the person's own device: kept work is bound to it, and it says nothing else."""
    return salted_hmac("annotate.reader", str(user.pk)).hexdigest()[:24]


def judgments_of(user) -> QuerySet[Judgment]:
    """The judgments this user made and has not taken back, in studies that have not been discarded."""
    return standing(Judgment.objects.filter(participant__user=user, study__discarded_at__isnull=True))


def sees_model_names(user: User, study: Study) -> bool:
    """Researchers learn which model wrote what when the study closes; admins set it up and know."""
    return is_admin(user) or not study.hides_models


def care_requests_for(user: User) -> QuerySet[CareRequest]:
    """What readers wrote to this user as the contact their study names, the latest first; else Http404."""
    studies = Study.objects.kept().filter(care_contact=user)
    if not studies.exists():
        raise Http404("There is nothing here for you.")
    found = CareRequest.objects.filter(participant__study__in=studies)
    return found.select_related("participant__study").order_by("-pk")
