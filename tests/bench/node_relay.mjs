// SPDX-License-Identifier: GPL-3.0-or-later
// bare_relay once more, as one would write it for Node with its most used WebSocket library.
// node node_relay.mjs FOLDER_WITH_NODE_MODULES UPSTREAM_PORT   prints the port it listens on.
import http from 'node:http';
import { createRequire } from 'node:module';

const [folder, upstream] = process.argv.slice(2);
const { WebSocketServer } = createRequire(folder + '/')('ws');

const question = JSON.stringify({
  model: 'bench', stream: true, messages: [{ role: 'user', content: 'write me a short poem' }],
});

function take(client, data) {
  if (data === '[DONE]') {
    client.send('{"type":"end"}');
    return;
  }
  const content = JSON.parse(data).choices[0]?.delta.content;
  if (content)
    client.send(JSON.stringify({ type: 'stream_token', content }));
}

function relay(client) {
  const request = http.request({
    host: '127.0.0.1', port: upstream, path: '/v1/chat/completions', method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(question) },
  }, (answer) => {
    let unread = '';
    answer.setEncoding('utf8');
    answer.on('data', (text) => {
      const lines = (unread + text).split('\n');
      unread = lines.pop();
      for (const line of lines)
        if (line.startsWith('data: '))
          take(client, line.slice(6));
    });
  });
  request.setNoDelay(true);
  request.end(question);
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (client) => {
  client.on('message', () => relay(client));
  client.on('error', () => {});
});
server.on('listening', () => console.log(server.address().port));
