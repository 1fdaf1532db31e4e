"""The shapes that go out and come in: explicit fields, so that nothing leaves by being added to a model.

What readers get never holds model names, other people's judgments or counts of them.
"""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotate import tokens
from judgments import submission
from judgments.models import Assignment, Form, Kind, Level, Proposal, Reason, Study


class Verbatim(serializers.Field):
    """Taken as it came: the domain reads it and names what does not fit."""

    def to_internal_value(self, data):
        return data

    def to_representation(self, value):
        return value


# Refusals -----------------------------------------------------------------------------------------


class ProblemField(serializers.Serializer):
    field = serializers.CharField(help_text="The field, with dots; empty where it is about the whole request.")
    code = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer):
    code = serializers.CharField(help_text="Stable, for programs.")
    message = serializers.CharField(help_text="For people.")
    errors = ProblemField(many=True)
    request_id = serializers.CharField(help_text="Also in the header `X-Request-ID` and in the site's log.")


# Tokens -------------------------------------------------------------------------------------------


class IssuedToken(serializers.Serializer):
    token = serializers.CharField(help_text="Shown this once; only a hash is kept.")
    prefix = serializers.CharField(help_text="By which it can be told apart in your list of tokens.")
    expires_at = serializers.DateTimeField(help_text=f"{tokens.DAYS} days from now.")


# Rubrics ------------------------------------------------------------------------------------------


class PointSerializer(serializers.Serializer):
    value = serializers.FloatField(help_text="What an answer names.")
    code = serializers.CharField()
    text = serializers.CharField()
    description = serializers.CharField()
    apart = serializers.BooleanField(help_text="Set apart from the scale's order, such as “held both”.")


class DimensionSerializer(serializers.Serializer):
    slug = serializers.CharField(help_text="The key of its answer in `ratings`.")
    title = serializers.CharField()
    question = serializers.CharField()
    help = serializers.CharField()
    not_about = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    level = serializers.ChoiceField(Level.choices)
    line_low = serializers.FloatField(allow_null=True)
    line_high = serializers.FloatField(allow_null=True)
    points = PointSerializer(many=True)


class TagSerializer(serializers.Serializer):
    slug = serializers.CharField()
    text = serializers.CharField()


class RubricSerializer(serializers.Serializer):
    version = serializers.CharField(help_text="sha256 of the whole wording; send it back as `rubric_version`.")
    title = serializers.CharField()
    instructions = serializers.CharField()
    dimensions = DimensionSerializer(many=True, help_text="In the order drawn for this person.")
    tags = TagSerializer(many=True, help_text="Words offered for marks; others may be used.")


# Studies and items --------------------------------------------------------------------------------


class StudySerializer(serializers.Serializer):
    """A study; the last fields are for its researchers only."""

    FOR_RESEARCHERS = ("origin", "judgments_wanted", "lease_minutes", "models_hidden", "created_at", "rubric_version")

    slug = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    state = serializers.CharField(help_text=", ".join(Study.State.values))
    content_warning = serializers.CharField()
    licence = serializers.CharField()
    attribution = serializers.CharField()
    reads = serializers.BooleanField(help_text="You read in this study.")
    researches = serializers.BooleanField(help_text="You see this study's results.")
    origin = serializers.ChoiceField(Study.Origin.choices, required=False)
    judgments_wanted = serializers.IntegerField(required=False)
    lease_minutes = serializers.IntegerField(required=False)
    models_hidden = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(required=False)
    rubric_version = serializers.CharField(
        source="rubric_version.digest", default=None, required=False, allow_null=True, help_text="sha256."
    )

    def to_representation(self, study):
        shown = super().to_representation(study)
        hidden = () if study.researches else self.FOR_RESEARCHERS
        return {name: value for name, value in shown.items() if name not in hidden}


class Counts(serializers.Serializer):
    items = serializers.IntegerField()
    participants = serializers.IntegerField()
    judgments = serializers.IntegerField(help_text="Revisions included.")


class StudyDetail(StudySerializer):
    """A study; the last fields are for its researchers only."""

    counts = Counts(required=False)


class MessageSerializer(serializers.Serializer):
    role = serializers.CharField(help_text="person, model or system")
    content = serializers.CharField()
    lang = serializers.CharField(required=False)


class ScenarioSerializer(serializers.Serializer):
    uid = serializers.UUIDField()
    external_id = serializers.CharField()
    title = serializers.CharField()
    family = serializers.SlugField(source="family.slug", default=None, allow_null=True)
    shift_of = serializers.UUIDField(source="shift_of.uid", default=None, allow_null=True)
    axis = serializers.CharField()
    distance = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    content_notes = serializers.ListField(child=serializers.CharField())
    messages = MessageSerializer(many=True)


class ModelSerializer(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()


class ItemResponseSerializer(serializers.Serializer):
    uid = serializers.UUIDField(source="response.uid")
    text = serializers.CharField(source="response.text", allow_null=True)
    language = serializers.CharField(source="response.language")
    model = ModelSerializer(
        source="response.model", required=False, allow_null=True,
        help_text="Left out while the study hides which model wrote what.",
    )  # fmt: skip

    def to_representation(self, shown):
        plain = super().to_representation(shown)
        if not self.context.get("models"):
            del plain["model"]
        return plain


class ItemSerializer(serializers.Serializer):
    """An item as researchers see it."""

    uid = serializers.UUIDField()
    external_id = serializers.CharField()
    number = serializers.IntegerField()
    purpose = serializers.CharField(help_text="main, practice or anchor")
    scenario = ScenarioSerializer()
    responses = ItemResponseSerializer(source="shown", many=True)
    metadata = serializers.DictField(
        required=False, help_text="Other columns of its import. Left out while models are hidden: it may name them."
    )

    def to_representation(self, item):
        plain = super().to_representation(item)
        if not self.context.get("models"):
            del plain["metadata"]
        return plain


# Answers ------------------------------------------------------------------------------------------


class AnswerSerializer(serializers.Serializer):
    """The value on one question. A point, a range (low, high), both ways (both_a, both_b), or none with a reason."""

    form = serializers.ChoiceField(Form.choices)
    point = serializers.FloatField(required=False)
    low = serializers.FloatField(required=False)
    high = serializers.FloatField(required=False)
    both_a = serializers.FloatField(required=False)
    both_b = serializers.FloatField(required=False)
    labels = serializers.ListField(child=serializers.FloatField(), required=False, help_text="For any of several.")
    reason = serializers.ChoiceField(Reason.choices, required=False)
    text = serializers.CharField(required=False, help_text="Words: an open answer, or beside the other forms.")


class MarkSerializer(serializers.Serializer):
    """A marked passage of a response or of a turn, in code points; `end` is exclusive."""

    response = serializers.CharField(required=False, help_text="A response's uid, or else `turn`.")
    turn = serializers.IntegerField(required=False, help_text="A message's number from 0, or else `response`.")
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)
    tag = serializers.CharField(required=False)
    memo = serializers.CharField(required=False)


class AnswersSerializer(serializers.Serializer):
    """All that one judgment says. Anything may be left open."""

    ratings = serializers.DictField(child=AnswerSerializer())
    settled = serializers.IntegerField(min_value=1, max_value=4, required=False)
    rationale = serializers.CharField(required=False)
    marks = MarkSerializer(many=True)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class PlainObject(Verbatim):
    default_error_messages = {"not_an_object": "This is an object."}

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data


# Assignments and judgments ------------------------------------------------------------------------


class ShownResponse(serializers.Serializer):
    uid = serializers.UUIDField()
    text = serializers.CharField(allow_null=True)


class ShownItem(serializers.Serializer):
    """An item as its reader sees it."""

    uid = serializers.UUIDField()
    messages = MessageSerializer(many=True)
    content_notes = serializers.ListField(child=serializers.CharField())
    responses = ShownResponse(many=True, help_text="In the order drawn for this person.")


class DraftSerializer(serializers.Serializer):
    revision = serializers.IntegerField()
    answers = PlainObject()
    updated_at = serializers.DateTimeField()


class Standing(serializers.Serializer):
    judgment = serializers.UUIDField(source="uid", help_text="Name it in `supersedes` to change your mind.")
    revision = serializers.IntegerField()


class FirstReadingSerializer(serializers.Serializer):
    uid = serializers.UUIDField()
    written_at = serializers.DateTimeField()


class ProposalSerializer(serializers.Serializer):
    uid = serializers.UUIDField()
    kind = serializers.ChoiceField(Proposal.Kind.choices)
    made_at = serializers.DateTimeField()


class AssignmentSerializer(serializers.Serializer):
    uid = serializers.UUIDField()
    study = serializers.CharField()
    state = serializers.ChoiceField(Assignment.State.choices)
    asks_first_reading = serializers.BooleanField(
        help_text="The study wants a first reading, and none is kept yet: ask for it before you show a question."
    )
    lease_until = serializers.DateTimeField(allow_null=True, help_text="A late judgment is still kept.")
    item = ShownItem()
    rubric = RubricSerializer()
    draft = DraftSerializer(allow_null=True)
    standing = Standing(allow_null=True, help_text="What you have said so far.")
    key = serializers.UUIDField(help_text="Made for this reply: the `Idempotency-Key` to send, again on each retry.")


class SkippedSerializer(serializers.Serializer):
    uid = serializers.UUIDField()
    state = serializers.ChoiceField(Assignment.State.choices)


class DraftSaved(serializers.Serializer):
    revision = serializers.IntegerField()


class EventSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="Place in the study's chain of events.")
    hash = serializers.CharField()


class ReceiptSerializer(serializers.Serializer):
    judgment = serializers.UUIDField()
    assignment = serializers.UUIDField()
    revision = serializers.IntegerField()
    status = serializers.CharField(help_text="counted, or surplus where the places were taken meanwhile.")
    accepted_at = serializers.CharField(help_text="The server's time, UTC.")
    answers_sha256 = serializers.CharField()
    event = EventSerializer()


class ReceiptProblem(Problem):
    receipt = ReceiptSerializer(required=False, help_text="With `already_submitted`: the judgment that is kept.")


class DraftProblem(Problem):
    draft = DraftSerializer(required=False, help_text="With `draft_conflict`: the newer one.")
    receipt = ReceiptSerializer(required=False, help_text="With `already_submitted`: the judgment that is kept.")


class OwnJudgment(serializers.Serializer):
    """One of your judgments, with its receipt."""

    uid = serializers.UUIDField()
    study = serializers.CharField(source="study.slug")
    item = serializers.UUIDField(source="item.uid")
    supersedes = serializers.UUIDField(source="supersedes.uid", default=None, allow_null=True)
    superseded = serializers.BooleanField(help_text="A newer revision stands.")
    rubric_version = serializers.CharField(source="rubric_version.digest")
    receipt = serializers.SerializerMethodField()

    @extend_schema_field(ReceiptSerializer)
    def get_receipt(self, judgment) -> dict:
        event = self.context["events"][str(judgment.uid)]
        return submission.Receipt(judgment, event.number, event.hash, replayed=True).plain()


class OwnJudgmentDetail(OwnJudgment):
    """One of your judgments, with its answers."""

    answers = AnswersSerializer()


class ReportSerializer(serializers.Serializer):
    """What `manage.py report STUDY --json` prints."""

    study = serializers.SlugField()
    dimensions = serializers.DictField(help_text="By name: alpha by metric with its interval, forms, cohorts.")
    items = serializers.DictField(help_text="By external id: readers, share of pairs that differ, counts.")
    sections = serializers.DictField(required=False, help_text="By name, as asked for.")
    waiting = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Sections that have not been computed yet."
    )


class SectionBody(serializers.Serializer):
    section = serializers.CharField()
    subset = serializers.CharField(required=False, allow_null=True)


class WorkSerializer(serializers.Serializer):
    job = serializers.UUIDField(source="uid", help_text="Its page is `/jobs/{job}/`.")
    state = serializers.CharField(help_text="queued, running, done or failed")


class RootSerializer(serializers.Serializer):
    docs = serializers.CharField()
    schema = serializers.CharField()
