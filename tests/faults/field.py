"""What every fault test stands on: people who judge through the API and keep what was accepted, and the reckoning."""

import asyncio
import json
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from tests.support.readers import Line

JSON = "application/json"
PATIENCE_SECONDS = 120


@dataclass
class Log:
    """What happened to everybody together. accepted: judgment uid by the key it was sent under."""

    accepted: dict[str, dict] = field(default_factory=dict)
    replayed: int = 0
    statuses: Counter = field(default_factory=Counter)
    broken: int = 0
    without_retry_after: int = 0
    took: list[float] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)
    lost_patience: int = 0


class Person:
    """Somebody at a browser: sends the same again under the same key until it is accepted."""

    def __init__(self, port: int, study: str, cookies: dict[str, str], log: Log, rng: random.Random):
        self.line, self.study, self.log, self.rng = Line(port, cookies), study, log, rng

    async def work(self, until: float, think: float = 0) -> None:
        while time.monotonic() < until:
            if not await self.judge_next():
                return
            if think:
                await asyncio.sleep(self.rng.uniform(think / 2, think * 1.5))
        self.line.close()

    async def judge_next(self) -> bool:
        """Take an item and judge it; False when nothing is left or the person gave up."""
        status, taken = await self.send("/api/v1/assignments/next", {"study": self.study})
        if status != 200:
            return False
        key = str(uuid.uuid4())
        answers = {"settled": self.rng.randint(1, 4), "rationale": f"because {key}",
                   "ratings": {"care": {"form": "point", "point": self.rng.randint(1, 7)}}}  # fmt: skip
        status, receipt = await self.send(f"/api/v1/assignments/{taken['uid']}/judgment", answers, key)
        if status in (200, 201):
            self.log.accepted[key] = receipt
            self.log.replayed += status == 200
        return status is not None

    async def send(self, path: str, body: dict, key: str = "") -> tuple[int | None, dict]:
        """Until an answer comes that is not 5xx; how long that took is the stall somebody saw."""
        began, pause = time.monotonic(), 0.1
        while time.monotonic() - began < PATIENCE_SECONDS:
            once = time.monotonic()
            token = self.line.cookies["csrf"]
            more = f"X-CSRFToken: {token}\r\n" + (f"Idempotency-Key: {key}\r\n" if key else "")
            try:
                reply = await asyncio.wait_for(
                    self.line.ask("POST", path, json.dumps(body).encode(), JSON, more), timeout=30
                )
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                self.log.broken += 1
                self.line.close()
            else:
                self.log.statuses[reply.status] += 1
                if reply.status < 500:
                    self.log.took.append(time.monotonic() - once)
                    self.log.stalls.append(time.monotonic() - began)
                    return reply.status, json.loads(reply.body or b"{}")
                self.log.without_retry_after += "retry-after" not in reply.headers
            await asyncio.sleep(pause * self.rng.uniform(0.5, 1))
            pause = min(2.0, pause * 2)
        self.log.lost_patience += 1
        return None, {}


async def crowd(port: int, study: str, cookies, log: Log, seconds: float, think: float = 0) -> None:
    until = time.monotonic() + seconds
    people = [Person(port, study, own, log, random.Random(number)) for number, own in enumerate(cookies)]
    await asyncio.gather(*(person.work(until, think) for person in people))


def reckon(study, log: Log) -> list[str]:
    """Everything that is not as promised, one sentence each."""
    from judgments import submission, verification
    from judgments.models import Assignment, Judgment

    stored = {str(judgment.key): judgment for judgment in Judgment.objects.filter(study=study)}
    found = [f"accepted and lost: {key}" for key in log.accepted if key not in stored]
    for key, receipt in log.accepted.items():
        if key in stored and submission.receipt_of(stored[key]).plain() != receipt:
            found.append(f"the receipt of {key} is not what was given")
    per_assignment = Counter(judgment.assignment_id for judgment in stored.values())
    found += [f"assignment {pk} has {times} judgments" for pk, times in per_assignment.items() if times > 1]
    counted = Counter(judgment.item_id for judgment in stored.values() if judgment.status == "counted")
    found += [f"item {pk} has {n} counted" for pk, n in counted.items() if n > study.judgments_wanted]
    half = Assignment.objects.filter(study=study, state="judged", judgments__isnull=True).count()
    found += [f"{half} assignments say judged and have no judgment"] if half else []
    found += verification.faults()
    # What was stored although its answer was lost, beyond one a person, would be something else.
    unheard = len(set(stored) - set(log.accepted))
    people = len({judgment.participant_id for judgment in stored.values()})
    found += [f"{unheard} judgments nobody was told of"] if unheard > people else []
    return found


def tell(title: str, log: Log, problems: list[str]) -> None:
    """Print the outcome; exit with 1 where something is not as promised."""
    slow = sorted(log.stalls) or [0.0]
    print(
        f"{title}: {len(log.accepted)} accepted ({log.replayed} told again), {log.broken} answers lost, "
        f"statuses {dict(sorted(log.statuses.items()))}, 5xx without Retry-After: {log.without_retry_after}, "
        f"99 % done within {slow[int(0.99 * (len(slow) - 1))]:.2f} s, longest {slow[-1]:.2f} s, "
        f"gave up: {log.lost_patience}"
    )
    for problem in problems[:20]:
        print("  ", problem)
    bad = len(problems) + log.statuses[500] + log.without_retry_after + log.lost_patience
    print("   all as promised" if not bad else f"   {bad} not as promised")
    if bad:
        raise SystemExit(1)
