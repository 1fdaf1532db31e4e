"""From a cell of a data file to a value on a dimension, as its mapping declares."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from judgments.importing.jsonfile import strict
from judgments.importing.mapping import DimensionMap
from judgments.importing.values import is_blank, written
from judgments.models import Form, Kind, Level

NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*\Z", re.ASCII)


class OffScale(ValueError):
    """A value that the dimension does not have, in words."""


@dataclass(frozen=True, slots=True)
class Value:
    """The fields of a rating. `text`: words, which are kept apart from it."""

    form: str
    point: float | None = None
    labels: tuple[float, ...] | None = None
    reason: str = ""
    text: str = ""


class Scale:
    """Reads the values of one dimension. None means: not answered."""

    def __init__(self, dimension: DimensionMap):
        self.dimension = dimension
        self._by_code = {point.code: point.value for point in dimension.points}
        self._by_number = {float(code): value for code, value in self._by_code.items() if NUMBER.match(code)}
        self._known: dict[str, Value | None] = {}

    def value(self, raw: Any) -> Value | None:
        """Raises OffScale."""
        if type(raw) is not str:
            return self._read(raw)
        if raw not in self._known:
            value = self._read(raw)
            if self.dimension.level == Level.OPEN:
                return value
            self._known[raw] = value
        return self._known[raw]

    def _read(self, raw: Any) -> Value | None:
        if raw is None or raw == "":
            return None
        if self.dimension.level == Level.SET:
            return self._set(raw)
        if isinstance(raw, list):
            if len(raw) > 1:
                raise OffScale(f"{len(raw)} values stand where one is expected.")
            return self._read(raw[0]) if raw else None
        return self._one(written(raw))

    def _one(self, code: str) -> Value | None:
        if code in self.dimension.missing:
            return None
        if code in self.dimension.not_this:
            return Value(Form.NONE, reason=self.dimension.not_this[code])
        if self.dimension.level == Level.OPEN:
            return None if is_blank(code) else Value(Form.POINT, text=code)
        return Value(Form.POINT, point=self._place(code))

    def _place(self, code: str) -> float:
        if self.dimension.kind == Kind.LINE:
            return self._on_line(code)
        if code in self._by_code:
            return self._by_code[code]
        if NUMBER.match(code) and float(code) in self._by_number:
            return self._by_number[float(code)]
        names = ", ".join(point.code for point in self.dimension.points[:12])
        raise OffScale(f"{code[:80]!r} is not a point of this dimension. Its points: {names}.")

    def _on_line(self, code: str) -> float:
        low, high = self.dimension.low or 0.0, self.dimension.high or 0.0  # Both are there: the mapping was checked.
        number = float(code) if NUMBER.match(code) else math.nan
        if not low <= number <= high:
            raise OffScale(f"{code[:80]!r} is not a number from {low:g} to {high:g}.")
        return number

    def _set(self, raw: Any) -> Value | None:
        codes = self._codes(raw)
        if len(codes) == 1 and (codes[0] in self.dimension.missing or codes[0] in self.dimension.not_this):
            return self._one(codes[0])
        if not codes:
            return Value(Form.POINT, labels=()) if self.dimension.empty == "answer" else None
        return Value(Form.POINT, labels=tuple(sorted({self._place(code) for code in codes})))

    def _codes(self, raw: Any) -> list[str]:
        if isinstance(raw, str) and raw.lstrip().startswith("["):
            try:
                raw = strict(raw, 2)
            except ValueError as error:
                raise OffScale(str(error)) from None
        if isinstance(raw, str) and self.dimension.separator:
            return [part.strip() for part in raw.split(self.dimension.separator) if part.strip()]
        return [written(code) for code in (raw if isinstance(raw, list) else [raw])]

    def combined(self, raws: Sequence[Any]) -> Value | None:
        """The value of a judgment that has several rows, by the declared aggregate. Raises OffScale."""
        how = self.dimension.aggregate
        if how == "count":
            counted = sum(written(_only(raw)) in self.dimension.count for raw in raws)
            return Value(Form.POINT, point=self._on_line(str(counted)))
        values = [value for raw in raws if (value := self.value(raw)) is not None]
        if not values:
            return None
        if how in ("max", "min", "sum"):
            return self._reckoned(how, values)
        if how == "union":
            return Value(
                Form.POINT, labels=tuple(sorted({place for value in values for place in value.labels or ()}))
            )
        if how == "same" and len(set(values)) > 1:
            raise OffScale("The rows of this judgment differ here; the mapping declares no aggregate.")
        return values[-1] if how == "last" else values[0]

    def _reckoned(self, how: str, values: list[Value]) -> Value:
        points = [value.point for value in values if value.point is not None]
        if not points:
            return values[0]
        if how == "sum":
            return Value(Form.POINT, point=self._on_line(repr(float(sum(points)))))
        return Value(Form.POINT, point=max(points) if how == "max" else min(points))


def _only(raw: Any) -> Any:
    return raw[0] if isinstance(raw, list) and len(raw) == 1 else raw
