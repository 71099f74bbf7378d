// SPDX-License-Identifier: GPL-3.0-or-later
// A server of tools made with version 1 of the official TypeScript SDK of the Model Context Protocol, which speaks the
// protocol of before 2026-07-28: mcp_sdk_older.mjs stdio or http. Over HTTP it keeps sessions on a free loopback port and
// prints its URL.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

const notes = [];

function makeServer() {
  const server = new McpServer({ name: "sdk-server", version: "1.2.3" });
  server.registerTool(
    "add",
    {
      title: "Adder",
      description: "Adds two numbers.",
      inputSchema: { a: z.number(), b: z.number() },
      outputSchema: { sum: z.number() },
      annotations: { readOnlyHint: true },
    },
    async ({ a, b }) => ({
      content: [{ type: "text", text: `The sum is ${a + b}.` }],
      structuredContent: { sum: a + b },
    }),
  );
  server.registerTool(
    "note",
    { description: "Keeps a note.", inputSchema: { text: z.string() } },
    async ({ text }) => {
      notes.push(text);
      return { content: [{ type: "text", text: `${notes.length} notes` }] };
    },
  );
  server.registerTool(
    "broken",
    { description: "Throws.", inputSchema: {}, annotations: { readOnlyHint: true } },
    async () => {
      throw new Error("out of order");
    },
  );
  server.registerTool(
    "count",
    { description: "Counts, with progress.", inputSchema: {}, annotations: { readOnlyHint: true } },
    async (_, extra) => {
      const progressToken = extra._meta?.progressToken;
      for (let progress = 1; progress <= 3; ++progress) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (progressToken !== undefined)
          await extra.sendNotification({
            method: "notifications/progress",
            params: { progressToken, progress, total: 3 },
          });
      }
      return { content: [{ type: "text", text: "Three." }] };
    },
  );
  return server;
}

async function serveHttp() {
  const transports = new Map();
  const http = createServer(async (request, response) => {
    const id = request.headers["mcp-session-id"];
    if (id !== undefined && !transports.has(id)) {
      response.writeHead(404, { "Content-Type": "application/json" });
      response.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}');
      return;
    }
    let transport = transports.get(id);
    if (!transport) {
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (session) => transports.set(session, transport),
      });
      await makeServer().connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
}

if (process.argv[2] === "http") await serveHttp();
else await makeServer().connect(new StdioServerTransport());
