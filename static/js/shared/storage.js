/** What a browser keeps: the sitting's id, sound and captions as last chosen. Where storage is off, the page forgets. */

const PREFIX = "lumen.";

/** A random UUID; on plain HTTP in a local network browsers have no randomUUID, but the same source of chance. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A shelf of JSON values in one of the browser's storages. */
class Shelf {
  constructor(name) {
    this.name = name;
  }

  get(key, fallback = null) {
    try {
      const text = window[this.name].getItem(PREFIX + key);
      return text === null ? fallback : JSON.parse(text);
    } catch {
      return fallback;
    }
  }

  /** False when it could not be kept (storage full or switched off). */
  set(key, value) {
    try {
      window[this.name].setItem(PREFIX + key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  remove(key) {
    try {
      window[this.name].removeItem(PREFIX + key);
    } catch {
      // nothing was kept
    }
  }

  keys(start) {
    try {
      return Object.keys(window[this.name])
        .filter((key) => key.startsWith(PREFIX + start))
        .map((key) => key.slice(PREFIX.length));
    } catch {
      return [];
    }
  }
}

export const lasting = new Shelf("localStorage");
export const sitting = new Shelf("sessionStorage");

/** One id a sitting: the same in this tab until it is closed. */
export const session = sitting.get("session") ?? uuid();
sitting.set("session", session);

/** What the server wants to know of every reaction: its own id, and the sitting it belongs to. */
export function moment() {
  return { event_id: uuid(), session };
}
