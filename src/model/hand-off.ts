/**
 * How surely one trigger becomes one run, decided by what the tool can do.
 *
 *   keyed    the tool refuses a second run with our key
 *   marked   it cannot refuse, but we can search for our marker
 *   blind    neither: at most once, then a person is asked
 */
export const HAND_OFF_CLASSES = ["keyed", "marked", "blind"] as const;

export type HandOffClass = (typeof HAND_OFF_CLASSES)[number];
