// Counted time: while somebody reads or writes, a beat says so; a minute without any sign of them is not counted.

const IDLE_MS = 60000;
const EVERY_MS = 20000;

export function countTime(place = document.querySelector("[data-beat]")) {
  if (!place) return;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  let [last, sign, active] = [performance.now(), performance.now(), 0];
  const seen = () => (sign = performance.now());
  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "focus"]) addEventListener(kind, seen, { passive: true, capture: true });

  function tick() {
    const now = performance.now();
    if (document.visibilityState === "visible" && now - sign < IDLE_MS) active += now - last;
    last = now;
  }
  function send() {
    tick();
    if (active < 1000 || !token) return;
    const body = new URLSearchParams({ active_ms: Math.round(active), csrfmiddlewaretoken: token });
    active = 0;
    // A beat that does not arrive is not sent again: the next one says only what came after it.
    fetch(place.dataset.beat, { method: "POST", body, keepalive: true }).catch(() => {});
  }
  setInterval(tick, 1000);
  setInterval(send, EVERY_MS);
  addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? send() : tick()));
  addEventListener("pagehide", send);
}
