/** Small things made of words. */

/** What stands in the round of somebody without a picture. */
export function initial(name) {
  return [...name][0]?.toUpperCase() ?? "";
}
