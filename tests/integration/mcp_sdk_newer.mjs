// SPDX-License-Identifier: GPL-3.0-or-later
// A server of tools made with version 2 of the official TypeScript SDK of the Model Context Protocol, which speaks the
// protocol of 2026-07-28 and, here, no other: mcp_sdk_newer.mjs stdio or http. Over HTTP it listens on a free loopback
// port and prints its URL.
import { createServer } from "node:http";
import { McpServer, createMcpHandler } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const notes = [];

function makeServer() {
  const server = new McpServer({ name: "sdk-server", version: "2.3.4" });
  server.registerTool(
    "add",
    {
      title: "Adder",
      description: "Adds two numbers.",
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ sum: z.number() }),
      annotations: { readOnlyHint: true },
    },
    async ({ a, b }) => ({
      content: [{ type: "text", text: `The sum is ${a + b}.` }],
      structuredContent: { sum: a + b },
    }),
  );
  server.registerTool(
    "note",
    { description: "Keeps a note.", inputSchema: z.object({ text: z.string() }) },
    async ({ text }) => {
      notes.push(text);
      return { content: [{ type: "text", text: `${notes.length} notes` }] };
    },
  );
  server.registerTool(
    "broken",
    { description: "Throws.", inputSchema: z.object({}), annotations: { readOnlyHint: true } },
    async () => {
      throw new Error("out of order");
    },
  );
  return server;
}

async function answer(handler, request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const said = await handler.fetch(
    new Request(`http://127.0.0.1${request.url}`, {
      method: request.method,
      headers: request.headers,
      body: parts.length > 0 ? Buffer.concat(parts) : undefined,
    }),
  );
  response.writeHead(said.status, Object.fromEntries(said.headers));
  if (said.body) for await (const part of said.body) response.write(part);
  response.end();
}

if (process.argv[2] === "http") {
  const handler = createMcpHandler(makeServer, { legacy: "reject" });
  const http = createServer((request, response) => answer(handler, request, response));
  http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
} else {
  serveStdio(makeServer, { legacy: "reject" });
}
