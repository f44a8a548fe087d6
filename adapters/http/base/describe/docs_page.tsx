import type { App } from "@/adapters/http/base/app.ts";

type Document = ReturnType<App["getOpenAPI31Document"]>;
type PathItem = NonNullable<Document["paths"]>[string];
type Operation = NonNullable<PathItem["get"]>;
type Parameter = NonNullable<Operation["parameters"]>[number];
type Answer = NonNullable<Operation["responses"]>[string];

const METHODS = ["get", "post", "put", "delete"] as const;

export const DOCS_STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.1rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .3rem .6rem .3rem 0; border-top: 1px solid #8886; text-align: left; vertical-align: top; }
td:last-child { width: 100%; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .6rem; background: #8882; }
`;

/** The OpenAPI document as a page for people: each operation with its parameters, body and answers. */
export function DocsPage({ document: { info, paths = {} } }: { document: Document }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{info.title}</title>
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        <main>
          <h1>{info.title}</h1>
          <p>
            The same for programs: <a href="/openapi.json">/openapi.json</a>. Errors are problem details (RFC 9457).
          </p>
          {Object.entries(paths).flatMap(([path, item]) =>
            METHODS.map((method) => {
              const operation = item[method];
              return operation && <OperationPart path={path} method={method} operation={operation} />;
            })
          )}
        </main>
      </body>
    </html>
  );
}

const isError = (status: string) => Number(status) >= 400;

type OperationProps = { path: string; method: string; operation: Operation };

function OperationPart({ path, method, operation }: OperationProps) {
  const { summary, description, security, parameters = [], requestBody, responses = {} } = operation;
  const id = `${method}-${path.replaceAll(/[^a-z0-9]+/gi, "-")}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        <code>{method.toUpperCase()} {path}</code>
      </h2>
      <p>{summary}</p>
      {description && <p>{description}</p>}
      {security && security.length > 0 && <p>Wants {security.flatMap(Object.keys).join(" or ")}.</p>}
      {parameters.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Parameter</th>
              <th>In</th>
              <th>What</th>
            </tr>
          </thead>
          <tbody>{parameters.map((parameter) => <ParameterRow parameter={parameter} />)}</tbody>
        </table>
      )}
      {requestBody !== undefined && "content" in requestBody && <Schemas name="Body" content={requestBody.content} />}
      {Object.entries(responses).filter(([status]) => !isError(status)).map(([status, answer]) => (
        <AnswerPart status={status} answer={answer} />
      ))}
      <p>Errors: {Object.keys(responses).filter(isError).join(", ")}</p>
    </section>
  );
}

function ParameterRow({ parameter }: { parameter: Parameter }) {
  if ("$ref" in parameter) return null;
  const { name, in: place, required = false, description, schema } = parameter;
  const words = description ?? (schema !== undefined && "description" in schema ? schema.description : undefined);
  return (
    <tr>
      <td>
        <code>{name}</code>
      </td>
      <td>{required ? `${place}, required` : place}</td>
      <td>{words ?? (schema === undefined ? "" : <code>{JSON.stringify(schema)}</code>)}</td>
    </tr>
  );
}

function AnswerPart({ status, answer }: { status: string; answer: Answer }) {
  const name = `${status}: ${answer.description}`;
  return answer.content === undefined ? <p>{name}</p> : <Schemas name={name} content={answer.content} />;
}

/** `content`: schemas by media type. */
function Schemas({ name, content }: { name: string; content: Record<string, { schema?: unknown }> }) {
  return (
    <>
      {Object.entries(content).map(([type, { schema }]) => (
        <details>
          <summary>{name} ({type})</summary>
          <pre tabindex={0}>{JSON.stringify(schema, undefined, 2)}</pre>
        </details>
      ))}
    </>
  );
}
