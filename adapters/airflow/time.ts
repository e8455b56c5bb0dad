/** Airflow's times: RFC 3339 with `+00:00` in 2.x and `Z` in 3.x; what cannot be read is unknown, not an error. */

const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const DAY_ONLY = /^\d{4}-\d{2}-\d{2}$/;

export function toDate(text: string | null | undefined): Date | null {
  if (!text) return null;
  // Every time of the API is UTC. Left to itself, JavaScript reads one without a zone as local.
  const date = new Date(ZONE.test(text) || DAY_ONLY.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
