/** Tells the demo's sources from real ones, so that they can be taken away again. */
export const DEMO_LABEL = "tutti.dev/demo";
