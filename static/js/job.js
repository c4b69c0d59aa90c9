/** Live progress of a job: server-sent events, snapshots where a stream cannot be had. */

import { secondsText, spanText } from "./shared/time.js";

const page = document.getElementById("job");
const LIVE = new Set(["queued", "running"]);
const POLL_MS = 1500;
let shown = null;
let shownAt = 0;
let failures = 0;

function show(snapshot) {
  if (snapshot.state !== page.dataset.state && !(LIVE.has(snapshot.state) && LIVE.has(page.dataset.state))) {
    location.reload();
    return;
  }
  page.dataset.state = snapshot.state;
  shown = snapshot;
  shownAt = performance.now();
  page.querySelector("[data-percent]").textContent = `${Math.round(snapshot.progress * 100)} %`;
  page.querySelector("[data-bar]").value = snapshot.progress;
  page.querySelector("[data-state-text]").textContent = snapshot.state_text;
  for (const stage of snapshot.stages) showStage(stage);
  showTimes();
}

function showStage(stage) {
  const row = page.querySelector(`[data-stage="${stage.name}"]`);
  if (!row) return;
  row.dataset.state = stage.state;
  row.querySelector("[data-text]").textContent = stage.text;
  row.querySelector("[data-seconds]").textContent = stage.seconds == null ? "" : secondsText(stage.seconds.toFixed(1));
  const bar = row.querySelector("progress");
  bar.hidden = stage.state !== "running";
  bar.value = stage.progress;
}

/** Elapsed and remaining time run on between two events. */
function showTimes() {
  if (!shown) return;
  const place = page.querySelector("[data-times]");
  const since = (performance.now() - shownAt) / 1000;
  if (shown.state === "queued") {
    const before = shown.queue_position;
    place.textContent = before
      ? interpolate(ngettext("%s job before yours", "%s jobs before yours", before), [before])
      : gettext("Next in line");
    return;
  }
  const parts = [interpolate(gettext("%s gone"), [spanText(shown.elapsed_seconds + since)])];
  if (shown.remaining_seconds != null) {
    parts.push(interpolate(gettext("about %s left"), [spanText(Math.max(1, shown.remaining_seconds - since))]));
  }
  place.textContent = parts.join(" · ");
}

async function poll() {
  try {
    const answer = await fetch(page.dataset.snapshot, { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    // The next round tries again; the page keeps what it shows.
  }
  if (LIVE.has(page.dataset.state)) setTimeout(poll, POLL_MS);
}

function listen() {
  if (!("EventSource" in window)) return poll();
  const stream = new EventSource(page.dataset.events);
  stream.addEventListener("job", (event) => {
    failures = 0;
    show(JSON.parse(event.data));
    if (!LIVE.has(page.dataset.state)) stream.close();
  });
  stream.addEventListener("error", () => {
    // A stream ends after a minute and the browser opens the next one; refused streams are closed for good.
    failures += 1;
    if (stream.readyState === EventSource.CLOSED || failures > 3) {
      stream.close();
      poll();
    }
  });
  window.addEventListener("pagehide", () => stream.close());
}

if (LIVE.has(page.dataset.state)) {
  listen();
  setInterval(showTimes, 1000);
}
