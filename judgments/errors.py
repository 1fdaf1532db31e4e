"""What can go wrong in the domain, by name. The site turns each into words a person can act on."""


class DissensusError(Exception):
    """Base of every error the domain raises on purpose. `code` is stable and meant for programs."""

    code = "error"


class AppendOnly(DissensusError):
    """Somebody tried to change or delete a record that is only ever added to."""

    code = "append_only"


class RubricFrozen(DissensusError):
    """A published rubric version cannot be changed; make a new version."""

    code = "rubric_frozen"


class RubricUnfit(DissensusError):
    """A rubric version cannot be published as it is. `problems` says why, one sentence each."""

    code = "rubric_unfit"

    def __init__(self, problems: list[str]):
        super().__init__(" ".join(problems))
        self.problems = problems


class StudyClosed(DissensusError):
    """The study is not open for judging now."""

    code = "study_closed"


class EnoughForToday(StudyClosed):
    """The person has read as long as the study lets them in a day; the open item can be finished."""

    code = "enough_for_today"


class ConsentWanted(StudyClosed):
    """The study has a consent text that this person has not answered."""

    code = "consent_wanted"


class HasLeft(StudyClosed):
    """The person does not take part in the study any more."""

    code = "has_left"


class TooLate(DissensusError):
    """The day until which judgments could be taken out has passed."""

    code = "too_late"


class NotYours(DissensusError):
    """The assignment belongs to somebody else, or to nobody who may judge."""

    code = "not_yours"


class AnswersUnfit(DissensusError):
    """Answers do not fit the rubric version. `problems` maps a dimension's slug to a sentence."""

    code = "answers_unfit"

    def __init__(self, problems: dict[str, str]):
        super().__init__("; ".join(f"{slug}: {problem}" for slug, problem in problems.items()))
        self.problems = problems


class FirstReadingLocked(DissensusError):
    """Another first reading of this assignment was written before; `first` is that one, and it stays."""

    code = "first_reading_locked"

    def __init__(self, first):
        super().__init__("A first reading of this item is kept already. It stays as it is.")
        self.first = first


class RubricChanged(DissensusError):
    """The answers were given to another rubric version than the assignment's."""

    code = "rubric_changed"


class IdempotencyKeyMissing(DissensusError):
    """A judgment must carry a key made when its page was made, so that it can be sent twice."""

    code = "idempotency_key_required"


class IdempotencyConflict(DissensusError):
    """The same key came with different answers."""

    code = "idempotency_conflict"


class AlreadyJudged(DissensusError):
    """The assignment has a judgment already; `judgment` is that one."""

    code = "already_submitted"

    def __init__(self, judgment):
        super().__init__("This item has been judged already; the first judgment is kept.")
        self.judgment = judgment


class StaleRevision(DissensusError):
    """The judgment this one wants to replace has itself been replaced."""

    code = "stale_revision"


class DraftConflict(DissensusError):
    """A newer draft exists, written in another window. `draft` is the newer one."""

    code = "draft_conflict"

    def __init__(self, draft):
        super().__init__("Changed in another window. Both versions are kept.")
        self.draft = draft


class ImportRefused(DissensusError):
    """A file cannot be brought in. Nothing was stored. `problems` says where and why (at most 100)."""

    code = "import_refused"

    def __init__(self, problems: list):
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ReleaseRefused(DissensusError):
    """A release was not sealed. Nothing is left behind that could be taken for one."""

    code = "release_refused"


class InvitationUnusable(DissensusError):
    """The invitation is used up, expired, withdrawn, for another or unknown. `why` is one of those words."""

    code = "invitation_unusable"

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


class LeaseLost(DissensusError):
    """A worker went on with a job that another worker has taken over."""

    code = "lease_lost"
