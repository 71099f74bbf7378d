// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's own library for Node against a server whose address is given, as its users would write it.
// node openai_client.mjs FOLDER_WITH_NODE_MODULES BASE_URL
// Ends with 1 and says what was wrong when anything is not as that library expects. The models that answer are played
// by tst_openai_client.cpp, which knows the questions by their words.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [folder, baseURL] = process.argv.slice(2);
const require = createRequire(folder + '/');
const OpenAI = require('openai');
const client = new OpenAI({ baseURL, apiKey: 'sk-none', maxRetries: 0 });

const ask = (words, more = {}) => ({ model: 'tiny', messages: [{ role: 'user', content: words }], ...more });

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather at a place.',
    parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  },
};

const checks = {
  async 'lists and shows models'() {
    const ids = [];
    for await (const model of client.models.list())
      ids.push(model.id);
    assert.deepEqual(ids.sort(), ['auto', 'big', 'tiny']);
    assert.equal((await client.models.retrieve('tiny')).owned_by, 'local');
    assert.equal((await client.models.retrieve('cloud/big')).id, 'big');
  },

  async 'answers as a whole'() {
    for (const model of ['tiny', 'big']) {
      const { data, request_id } = await client.chat.completions.create(ask('hello', { model })).withResponse();
      assert.equal(data.object, 'chat.completion');
      assert.equal(data.choices[0].message.content, 'Good day to you.');
      assert.equal(data.choices[0].message.role, 'assistant');
      assert.equal(data.choices[0].finish_reason, 'stop');
      assert.equal(data.model, model);
      assert.ok(data.usage.total_tokens > 0);
      assert.ok(request_id);
    }
  },

  async 'streams'() {
    for (const model of ['tiny', 'big', 'auto']) {
      const stream = await client.chat.completions.create(
        ask('hello', { model, stream: true, stream_options: { include_usage: true } }));
      let words = '';
      let usage = null;
      const reasons = [];
      const ids = new Set();
      for await (const chunk of stream) {
        ids.add(chunk.id);
        assert.equal(chunk.object, 'chat.completion.chunk');
        words += chunk.choices[0]?.delta.content ?? '';
        if (chunk.choices[0]?.finish_reason)
          reasons.push(chunk.choices[0].finish_reason);
        if (chunk.usage) {
          assert.equal(chunk.choices.length, 0);
          usage = chunk.usage;
        }
      }
      assert.equal(words, 'Good day to you.');
      assert.deepEqual(reasons, ['stop']);
      assert.equal(ids.size, 1);
      assert.ok(usage.prompt_tokens > 0);
    }
  },

  async 'gathers a stream with its own helper'() {
    const stream = client.chat.completions.stream(ask('hello'));
    const seen = [];
    stream.on('content', (delta) => seen.push(delta));
    const end = await stream.finalChatCompletion();
    assert.equal(seen.join(''), 'Good day to you.');
    assert.equal(end.choices[0].message.content, 'Good day to you.');
  },

  async 'hands tool calls out and their results in'() {
    for (const model of ['tiny', 'big']) {
      const messages = [{ role: 'user', content: 'weather please' }];
      const first = await client.chat.completions.create({ model, messages, tools: [weather], tool_choice: 'auto' });
      assert.equal(first.choices[0].finish_reason, 'tool_calls');
      const { message } = first.choices[0];
      assert.equal(message.content, null);
      assert.equal(message.tool_calls.length, 1);
      assert.equal(message.tool_calls[0].function.name, 'weather');
      assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { place: 'the coast' });
      messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'storm' });
      const second = await client.chat.completions.create({ model, messages, tools: [weather] });
      assert.equal(second.choices[0].message.content, 'It is: storm');
    }
  },

  async 'runs tools in a stream by its own helper'() {
    let place = '';
    const runner = client.chat.completions.runTools({
      model: 'big',
      stream: true,
      messages: [{ role: 'user', content: 'weather please' }],
      tools: [{
        type: 'function',
        function: {
          ...weather.function,
          parse: JSON.parse,
          function: async (args) => { place = args.place; return 'sunny'; },
        },
      }],
    });
    assert.equal(await runner.finalContent(), 'It is: sunny');
    assert.equal(place, 'the coast');
  },

  async 'tells failures by their classes'() {
    const of = async (promise) => promise.then(() => assert.fail('it was answered'), (error) => error);
    const missing = await of(client.chat.completions.create(ask('hello', { model: 'gpt-9' })));
    assert.ok(missing instanceof OpenAI.NotFoundError);
    assert.equal(missing.code, 'model_not_found');
    assert.equal(missing.param, 'model');
    const bad = await of(client.chat.completions.create(ask('hello', { n: 3 })));
    assert.ok(bad instanceof OpenAI.BadRequestError);
    assert.equal(bad.param, 'n');
    assert.equal(bad.type, 'invalid_request_error');
    const stranger = new OpenAI({ baseURL, apiKey: 'ork_nobody', maxRetries: 0 });
    const unknown = await of(stranger.models.list());
    assert.ok(unknown instanceof OpenAI.AuthenticationError);
    assert.equal(unknown.code, 'invalid_api_key');
    const busy = await of(client.chat.completions.create(ask('be busy')));
    assert.ok(busy instanceof OpenAI.InternalServerError);
    assert.equal(busy.status, 503);
    assert.ok(busy.headers.get('retry-after'));
    const refused = await of(client.chat.completions.create(ask('be too long')));
    assert.ok(refused instanceof OpenAI.BadRequestError);
  },

  async 'throws when a stream breaks off'() {
    const stream = await client.chat.completions.create(ask('break off', { stream: true }));
    let words = '';
    await assert.rejects(async () => {
      for await (const chunk of stream)
        words += chunk.choices[0]?.delta.content ?? '';
    }, (error) => error instanceof OpenAI.APIError && error.code === 'provider_error');
    assert.equal(words, 'half');
  },

  async 'aborts'() {
    const stream = await client.chat.completions.create(ask('go on for ever', { stream: true }));
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content)
        stream.controller.abort();
    }
    const controller = new AbortController();
    const waiting = client.chat.completions.create(ask('go on for ever'), { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await assert.rejects(waiting, OpenAI.APIUserAbortError);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log('ok: ' + name);
  } catch (error) {
    failed = 1;
    console.log('FAILED: ' + name + ': ' + (error.stack ?? error));
  }
}
process.exit(failed);
