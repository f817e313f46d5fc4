import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictObject } from '../../src/tokens/strict-json.ts';

const parse = (text: string) => parseStrictObject(Buffer.from(text));

describe('strict JSON', () => {
  test.each([
    ['twice the same name', '{"a":1,"a":1}'],
    ['a name written in two ways', '{"a":1,"\\u0061":2}'],
    ['twice the same name deep inside', '{"a":[{"b":1,"c":{},"b":2}]}'],
    ['twice the same name with blanks about', '{"a" :1,"a"\n\t:2}'],
    ['twice __proto__', '{"__proto__":1,"__proto__":2}'],
    ['a list', '[1]'],
    ['text', '"a"'],
    ['null', 'null'],
    ['a trailing comma', '{"a":1,}'],
    ['two values', '{}{}'],
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s', (_name, text) => {
    expect(parse(text)).toBeNull();
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(parseStrictObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
  });

  test('lets the same name stand in different objects, and as a value', () => {
    const text = '{"a":{"a":"a"},"b":[{"a":1},{"a":2}],"c":"a","d":"\\"a\\":"}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test('reads every object that JSON.stringify writes as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});
