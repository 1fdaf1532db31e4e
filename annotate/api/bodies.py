"""The shapes that come in: what is not known is refused by name."""

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from annotate.api.serializers import AnswerSerializer, MarkSerializer, PlainObject, Verbatim
from judgments import canonical
from judgments.models import Proposal

MAX_INSTRUMENT_BYTES = 4 * 1024
MAX_STEPS = 50
MAX_NAMED = 100
"""Unknown fields that a refusal names; a body can hold many thousands."""
MAX_REVISION = 1_000_000_000


class Strict(serializers.Serializer):
    """A body: fields it does not know are refused by name, not dropped."""

    def to_internal_value(self, data):
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            why = [ErrorDetail("There is no such field.", code="unknown_field")]
            raise ValidationError(dict.fromkeys(unknown[:MAX_NAMED], why))
        return super().to_internal_value(data)


class Credentials(Strict):
    username = serializers.CharField(max_length=150, trim_whitespace=False)
    password = serializers.CharField(max_length=4_096, trim_whitespace=False)


@extend_schema_field(serializers.DictField(child=AnswerSerializer()))
class Ratings(Verbatim):
    default_error_messages = {"not_an_answer": "An answer is an object, or null where the question is left open."}

    def to_internal_value(self, data):
        # The domain takes whatever is empty for "left open"; a program that sends 0 or [] meant something else.
        given = data.items() if isinstance(data, dict) else []
        if odd := [slug for slug, answer in given if answer is not None and not answer and answer != {}]:
            why = [ErrorDetail(self.error_messages["not_an_answer"], code="not_an_answer")]
            raise ValidationError(dict.fromkeys(odd[:MAX_NAMED], why))
        return data


@extend_schema_field(MarkSerializer(many=True))
class Marks(Verbatim):
    pass


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 4, "nullable": True})
class Settled(Verbatim):
    pass


@extend_schema_field({"type": "string", "maxLength": 20_000})
class Words(Verbatim):
    pass


class NextBody(Strict):
    study = serializers.SlugField(max_length=80)


class DraftBody(Strict):
    based_on = serializers.IntegerField(
        min_value=0, max_value=MAX_REVISION, help_text="The draft's revision you know; 0 for none yet."
    )
    answers = PlainObject(help_text="Kept as it is, up to 256 KiB.")
    revises = serializers.UUIDField(
        required=False, allow_null=True, help_text="The judgment that a change of mind would replace."
    )


class FirstReadingBody(Strict):
    words = Words(required=False, default="", help_text="What struck them, before any question; may be empty.")
    marks = Marks(required=False)
    reading_ms = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class ProposalBody(Strict):
    kind = serializers.ChoiceField(Proposal.Kind.choices)
    words = Words()


class JudgmentBody(Strict):
    """Answers, and how they came about."""

    ratings = Ratings(required=False, help_text="By the question's slug; anything may be left out.")
    settled = Settled(required=False, allow_null=True, help_text="1 a first impression … 4 settled.")
    rationale = Words(required=False)
    marks = Marks(required=False)
    rubric_version = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", required=False, help_text="As given with the assignment; trusted unless sent."
    )
    supersedes = serializers.UUIDField(
        required=False, format="hex_verbose", help_text="For a change of mind: the judgment this one replaces."
    )
    steps_ms = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=2**31 - 1), required=False,
        help_text="Milliseconds per step: reading, judging …",
    )  # fmt: skip
    instrument = PlainObject(required=False, help_text="The instrument as it was, up to 4 KiB.")

    def validate_steps_ms(self, steps):
        if len(steps) > MAX_STEPS or any(len(name) > 60 for name in steps):
            raise ValidationError(f"At most {MAX_STEPS} steps with names of at most 60 characters.", code="too_large")
        return steps

    def validate_instrument(self, instrument):
        if len(canonical.dumps(instrument).encode()) > MAX_INSTRUMENT_BYTES:
            raise ValidationError("At most 4 KiB can be kept here.", code="too_large")
        return instrument


class EmptyBody(Strict):
    pass
