/**
 * What stands between a request that changes something and its bytes. Whoever causes an effect lends a check; it is
 * called right before the bytes leave and throws when they must not: a process that was frozen for minutes would
 * otherwise wake up and send what somebody else has sent since.
 *
 * It travels with the call and not through the contract, so that no adapter can forget to hand it on.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export type SendCheck = () => void;

const window = new AsyncLocalStorage<SendCheck>();

/** Runs `act` so that every changing request it makes through the boundary passes the check first. */
export function withSendCheck<T>(check: SendCheck, act: () => Promise<T>): Promise<T> {
  return window.run(check, act);
}

/** Taken when the adapter asks: a queue on the way may go on in the name of another caller. */
export function currentSendCheck(): SendCheck | null {
  return window.getStore() ?? null;
}
