/* Runs before Dash's own scripts. Libraries put their style sheets into the page as elements: each gets the page's nonce,
   so that the Content-Security-Policy need not let inline styles in. The functions below are what Dash calls. */
(() => {
  const nonce = document.currentScript.nonce;
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...rest) {
    const element = create.call(this, name, ...rest);
    if (String(name).toLowerCase() === "style") element.setAttribute("nonce", nonce);
    return element;
  };

  // on a phone the menu is wider than the screen: the page that is open shall be seen in it
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".dash-menu [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  });

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const themeNow = () => document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");

  const retheme = () => window.dash_clientside?.set_props?.("theme", { data: themeNow() });
  dark.addEventListener("change", retheme);
  new MutationObserver(retheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    dashboards: {
      theme: () => themeNow(),
      follow: (...clicks) => {
        for (const click of clicks.flat()) {
          const link = click?.points?.[0]?.customdata;
          const href = Array.isArray(link) ? link[0] : link;
          if (typeof href === "string" && /^\/[a-z]/.test(href)) window.location.assign(href);
        }
        return window.dash_clientside.no_update;
      },
    },
  });

  // An open table is read in peace: the page is drawn anew, and its tables closed, only while none is open.
  let resting = false;
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      const open = Boolean(document.querySelector(`[id^='{"table"'] .dash-table`));
      if (open === resting) return;
      resting = open;
      window.dash_clientside.set_props?.("clock", { disabled: open });
    }).observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("#dash-filters");
    if (!form) return;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value && value !== "yes"));
    history.pushState({}, "", `?${query}`);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    for (const link of document.querySelectorAll(".dash-menu a")) link.search = `?${query}`;
  });
  window.addEventListener("popstate", () => {
    const query = new URLSearchParams(window.location.search);
    for (const field of document.querySelectorAll("#dash-filters select")) {
      field.value = query.get(field.name) ?? field.querySelector("[selected]")?.value ?? field.options[0].value;
    }
  });
})();
