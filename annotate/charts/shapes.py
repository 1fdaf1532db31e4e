"""The five marks that tell cohorts apart by shape, so that hue is never needed."""

from .svg import Markup, element, short

MOST_COHORTS = 5
RADIUS = 5.0


def mark(cohort: int, x: float, y: float, class_: str | None, radius: float = RADIUS) -> Markup:
    """The mark of a cohort (0 to 4: circle, square, triangle, diamond, bar) centred at x, y."""
    if cohort == 0:
        return element("circle", cx=x, cy=y, r=radius, class_=class_)
    corners = _CORNERS[cohort]
    path = "L".join(f"{short(x + dx * radius)} {short(y + dy * radius)}" for dx, dy in corners)
    return element("path", d=f"M{path}Z", class_=class_)


_CORNERS = {
    1: ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    2: ((0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)),
    3: ((0.0, -1.2), (1.15, 0.0), (0.0, 1.2), (-1.15, 0.0)),
    4: ((-0.45, -1.15), (0.45, -1.15), (0.45, 1.15), (-0.45, 1.15)),
}
