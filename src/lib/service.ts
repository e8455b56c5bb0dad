/** Something that runs in the background. `stop` waits for work in hand, and may be called twice or before `start`. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}
