/** The HTTP client with everything off that would decide in our place. */
import { type AxiosInstance, create } from "axios";
import type { Agents } from "./agents.ts";

export function createClient({ httpAgent, httpsAgent }: Agents): AxiosInstance {
  return create({
    adapter: "http",
    httpAgent,
    httpsAgent,
    // Never through a proxy that an environment variable names: it would resolve the addresses in our place.
    proxy: false,
    maxRedirects: 0,
    responseType: "stream",
    decompress: false,
    validateStatus: () => true,
    transformRequest: [],
    transformResponse: [],
    headers: { "user-agent": "tutti" },
  });
}
