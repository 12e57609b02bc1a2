import { expect, test } from 'vitest';
import { validateExpression } from '../../../src/api/resource/validation/selectors.js';

const told = (expression: string): string =>
  validateExpression(expression, 'f')
    .map(({ message }) => message)
    .join('; ');

test.each([
  'device.driver == "gpu.example.com" && "model" in device.attributes["gpu.example.com"]',
  'device.attributes["d"].healthy',
  'device.attributes["d"].version.isGreaterThan(semver("1.0.0"))',
  'device.capacity["d"].memory.compareTo(quantity("1Gi")) >= 0',
  'cel.bind(dra, device.attributes["dra.example.com"], dra.oneBool && dra.anotherBool)',
  'device.allowMultipleAllocations == true',
])('%s selects devices', (expression) => {
  expect(told(expression)).toBe('');
});

test("what a selector may not be is told in Kubernetes' words", () => {
  expect(told('device.driver')).toBe('Invalid value: "device.driver": must evaluate to bool or the unknown type, not string');
  expect(told('device.foo')).toContain("compilation failed: ERROR: <input>:1:7: undefined field 'foo'");
  expect(told('cel.bind("a", 1, true)')).toContain('ERROR: <input>:1:10: cel.bind() variable names must be simple identifiers');
  const within = (depth: number): string => (depth === 0 ? 'true' : `device.attributes["d"].all(k${depth}, ${within(depth - 1)})`);
  expect(told(within(4))).toBe('Forbidden: too complex, exceeds cost limit');
  expect(told(`true || "${'x'.repeat(10 * 1024)}" == ""`)).toBe('Too long: may not be more than 10240 bytes');
});
