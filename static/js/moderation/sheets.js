/** Sheets of cases: fetched, kept ahead with their pictures, and the call that takes the next case. */

import { Refusal } from "../shared/api.js";

const KEPT = 4;

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refusal(0, "unreachable", gettext("The server cannot be reached."));
  }
  if (response.status === 404) throw new Refusal(404, "not_found", gettext("This is no longer there."));
  if (!response.ok) throw new Refusal(response.status, "broken", gettext("That did not work. Try again."));
  return response;
}

export class Sheets {
  /** `ready(id)` hears of a case that was fetched ahead with all its pictures. */
  constructor({ takeUrl, caseUrl, ready = () => {} }) {
    this.ready = ready;
    this.takeUrl = takeUrl;
    this.caseUrl = caseUrl;
    this.kept = new Map(); // number → {html, pictures}
  }

  address(id) {
    return this.caseUrl.replace("/0/", `/${id}/`);
  }

  async get(id, { fresh = false } = {}) {
    if (!fresh && this.kept.has(id)) return this.kept.get(id).html;
    const response = await answered(fetch(`${this.address(id)}sheet`, { credentials: "same-origin" }));
    return this.keep(id, await response.text());
  }

  /** Hold the sheet and let the browser load its pictures. */
  keep(id, html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const pictures = [...box.content.querySelectorAll("img[src]")].map((image) => {
      const loading = new Image();
      loading.src = image.getAttribute("src");
      return loading;
    });
    this.kept.delete(id);
    this.kept.set(id, { html, pictures });
    while (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return html;
  }

  forget(id) {
    this.kept.delete(id);
  }

  /** Fetch what will probably come next; nothing is lost when that fails. */
  ahead(id) {
    this.following = id;
    if (!id) return;
    this.get(id)
      .then(() => Promise.allSettled((this.kept.get(id)?.pictures ?? []).map((picture) => picture.decode())))
      .then(() => this.ready(id))
      .catch(() => {});
  }

  /** Take the most urgent case: {id, html, claimLeft, breakDue, exposure, budget}; `id` is null where none waits. */
  async take({ policy, language, order }) {
    const have = this.following && this.kept.has(this.following) ? this.following : "";
    const body = new URLSearchParams({ policy, language, order, have });
    const options = { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token() } };
    const answer = await (await answered(fetch(this.takeUrl, options))).json();
    const id = answer.case;
    let html = "";
    if (id) html = answer.html ? this.keep(id, answer.html) : this.kept.get(id).html;
    return {
      id, html, following: answer.following, claimLeft: answer.claim_left,
      breakDue: answer.break_due, exposure: answer.exposure, budget: answer.budget,
    };
  }
}
