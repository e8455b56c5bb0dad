/** Times of the API: RFC 3339, in UTC, to the second. What cannot be read is unknown, not an error. */

export function toDate(text: string | null | undefined): Date | null {
  if (!text) return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}
