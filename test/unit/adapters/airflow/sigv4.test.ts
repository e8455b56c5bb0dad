import { describe, expect, it } from "vitest";
import { signedHeaders } from "../../../../adapters/airflow/sigv4.ts";

// The keys and the moment of AWS's published test suite for this signature.
const keys = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
};
const usual = { region: "us-east-1", service: "service", keys, now: new Date("2015-08-30T12:36:00Z") };

function signatureOf(method: string, url: string): string | undefined {
  const { authorization = "" } = signedHeaders({ ...usual, method, url: new URL(url) });
  return /Signature=(\w+)$/.exec(authorization)?.[1];
}

describe("a signature of AWS", () => {
  it("is that of the published examples", () => {
    expect(signatureOf("GET", "https://example.amazonaws.com/")).toBe(
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
    expect(signatureOf("POST", "https://example.amazonaws.com/")).toBe(
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    );
    expect(signatureOf("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1")).toBe(
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    );
  });

  it("names what it signs, and when", () => {
    const headers = signedHeaders({ ...usual, method: "GET", url: new URL("https://example.amazonaws.com/") });
    expect(headers["x-amz-date"]).toBe("20150830T123600Z");
    expect(headers["authorization"]).toMatch(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date,",
    );
  });

  it("covers the token of keys that end", () => {
    const headers = signedHeaders({
      ...usual,
      keys: { ...keys, sessionToken: "a-session" },
      method: "GET",
      url: new URL("https://example.amazonaws.com/"),
    });
    expect(headers["x-amz-security-token"]).toBe("a-session");
    expect(headers["authorization"]).toMatch("SignedHeaders=host;x-amz-date;x-amz-security-token,");
  });
});
