// A client with types that openapi-typescript has generated: lists results of the
// demo data and reads one. Its arguments are the server's URL and a token.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Result = components["schemas"]["Result"];

const [url, token] = process.argv.slice(2);
if (!url || !token) throw new Error("usage: client.js URL TOKEN");
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

function must<T>(what: string, answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${what}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const found = must("ListResults", await client.GET("/results", {
  params: { query: { filters: ["machine.cpu.count >= 2", "result.score < 1000"], sort_by: "+json.result.score", per_page: 5 } },
}));
const fastest: Result | undefined = found.items[0];
if (!fastest) throw new Error("ListResults: no results");
console.log(`ListResults: ${found.total} results, the fastest on ${fastest.site.name} ${fastest.flavor.name}`);

const one = must("GetResult", await client.GET("/results/{result_id}", { params: { path: { result_id: fastest.id } } }));
// It has the digest too, which lists do not have.
for (const [name, value] of Object.entries(fastest)) {
  if (JSON.stringify(one[name as keyof Result]) !== JSON.stringify(value)) throw new Error(`GetResult: ${name} is not what the list has`);
}
console.log(`GetResult: executed ${one.execution_datetime}, ${JSON.stringify(one.json["result"])}`);

const searched = must("SearchBenchmarks", await client.GET("/benchmarks:search", { params: { query: { terms: ["C-RAY"] } } }));
console.log(`SearchBenchmarks: ${searched.items.map((b) => `${b.docker_image}:${b.docker_tag}`).join(", ")}`);

const self = must("GetSelf", await client.GET("/users/self"));
console.log(`GetSelf: ${self.sub}`);

const refused = await client.POST("/sites", { body: { name: fastest.site.name, address: "elsewhere" } });
if (refused.response.status !== 409 || refused.error?.code !== 409) throw new Error(`CreateSite: ${refused.response.status}, want 409`);
console.log(`CreateSite: ${refused.error.status}, ${JSON.stringify(refused.error.errors)}`);
