/** What a setting says of a value it cannot take. */
export class Refusal extends Error {}

export function refuse(message: string): never {
  throw new Refusal(message);
}
