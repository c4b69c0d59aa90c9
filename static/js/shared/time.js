/** Spans and moments in words, in the page's language. */

const moment = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];

/** An ISO time → "3 min ago" */
export function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? moment.format(Math.trunc(seconds / unit[1]), unit[0]) : gettext("just now");
}

/** 75.2 → "1:15" */
export function clock(seconds) {
  const whole = Math.round(seconds || 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 15 → "15 s", as exact as it was given */
export function secondsText(seconds) {
  return interpolate(gettext("%s s"), [seconds]);
}

/** 61.7 → "62 s", 185 → "3 min" */
export function spanText(seconds) {
  return seconds < 90
    ? secondsText(Math.max(0, Math.round(seconds)))
    : interpolate(gettext("%s min"), [Math.round(seconds / 60)]);
}
