/**
 * A new answer with these headers. To set them one by one costs a quarter of what it costs to make a Response with several, or to
 * give them to the context before.
 */
export function withHeaders<Answer extends Response>(answer: Answer, headers: Record<string, string>): Answer {
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
