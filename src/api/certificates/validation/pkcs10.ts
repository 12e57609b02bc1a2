/**
 * What is wrong with a certificate request, in the words of Go's crypto/x509:
 * its PEM, its DER, and whether it is signed by the key that it names.
 */
import { createPublicKey, verify } from 'node:crypto';
import { Asn1Error, readDer, type Element, type Shape } from './asn1.js';
import { pemBlocks } from './pem.js';

const SEQUENCE = { tag: 16, isCompound: true } as const;
const ALGORITHM: Shape = { go: 'AlgorithmIdentifier', ...SEQUENCE, fields: [{ go: 'ObjectIdentifier', tag: 6 }] };
const REQUEST: Shape = {
  go: 'certificateRequest',
  ...SEQUENCE,
  fields: [
    {
      go: 'tbsCertificateRequest',
      ...SEQUENCE,
      fields: [{ go: 'int', tag: 2 }, { go: 'RawValue' }, { go: 'publicKeyInfo', ...SEQUENCE, fields: [ALGORITHM, { go: 'BitString', tag: 3 }] }],
    },
    ALGORITHM,
    { go: 'BitString', tag: 3 },
  ],
};

interface Signature {
  hash: string | undefined;
  failure: string;
}
const RSA_FAILURE = 'crypto/rsa: verification error';
const ECDSA_FAILURE = 'x509: ECDSA verification failure';
/** By the object identifier of the algorithm, in hex. */
const SIGNATURES: Readonly<Record<string, Signature>> = {
  '2a864886f70d010105': { hash: 'sha1', failure: RSA_FAILURE },
  '2a864886f70d01010b': { hash: 'sha256', failure: RSA_FAILURE },
  '2a864886f70d01010c': { hash: 'sha384', failure: RSA_FAILURE },
  '2a864886f70d01010d': { hash: 'sha512', failure: RSA_FAILURE },
  '2a8648ce3d0401': { hash: 'sha1', failure: ECDSA_FAILURE },
  '2a8648ce3d040302': { hash: 'sha256', failure: ECDSA_FAILURE },
  '2a8648ce3d040303': { hash: 'sha384', failure: ECDSA_FAILURE },
  '2a8648ce3d040304': { hash: 'sha512', failure: ECDSA_FAILURE },
  '2b6570': { hash: undefined, failure: 'x509: Ed25519 verification failure' },
};

/** undefined where nothing is wrong. */
export function requestError(base64: string | null | undefined): string | undefined {
  const [block] = pemBlocks(Buffer.from(base64 ?? '', 'base64').toString('latin1'));
  if (block === undefined || block.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    return signatureError(readDer(block.bytes, REQUEST));
  } catch (error) {
    // What cannot be read is the caller's mistake, and anything else ours.
    if (error instanceof Asn1Error) return error.message;
    throw error;
  }
}

function signatureError({ parts: [content, algorithm, signature] }: Element): string | undefined {
  const known = SIGNATURES[algorithm!.parts[0]!.content.toString('hex')];
  if (known === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
  // The first byte of a bit string counts the bits that are none.
  return isSigned(content!, signature!.content.subarray(1), known.hash) ? undefined : known.failure;
}

function isSigned(content: Element, signature: Buffer, hash: string | undefined): boolean {
  try {
    return verify(hash, content.raw, createPublicKey({ key: content.parts[2]!.raw, format: 'der', type: 'spki' }), signature);
  } catch {
    // As a signature that does not fit: the key is of another sort, or none.
    return false;
  }
}
