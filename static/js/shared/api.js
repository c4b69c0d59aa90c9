/** Calls to /api/v1/: JSON in, JSON out, and a refusal that can be shown to people. */

const BASE = "/api/v1/";

export class Refusal extends Error {
  constructor(status, code, detail, waitSeconds = 0) {
    super(detail);
    this.status = status; // 0: no answer came
    this.code = code;
    this.waitSeconds = waitSeconds;
  }
}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

/** Hand `body` to the browser, which delivers it even when the page is gone; no answer will be heard. */
export function leave(path, body) {
  navigator.sendBeacon(BASE + path, new Blob([JSON.stringify(body)], { type: "application/json" }));
}

/** What `method path` answered, `null` for an empty answer; throws `Refusal`. */
export async function call(method, path, body = undefined, options = {}) {
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() },
      body: body === undefined ? undefined : JSON.stringify(body),
      ...options,
    });
  } catch {
    throw new Refusal(0, "unreachable", gettext("The server cannot be reached."));
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer;
  const wait = Number(response.headers.get("Retry-After")) || 0;
  throw new Refusal(response.status, answer?.code ?? "broken", sentence(response.status, answer), wait);
}

function sentence(status, answer) {
  if (answer?.code === "not_authenticated") return gettext("Sign in first.");
  if (status === 403) return gettext("This page is out of date. Reload it and try again.");
  if (status === 404) return gettext("This is no longer there.");
  if (status === 429) return gettext("That was too much at once. Wait a moment and try again.");
  if (status >= 500 || !answer?.detail) return gettext("That did not work. Try again.");
  return answer.detail;
}
