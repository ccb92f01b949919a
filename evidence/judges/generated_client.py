"""One verification by the client that openapi-python-client generates, and its proof by PyJWT.

python generated_client.py URL ISSUER NUMBER reads the code from standard input and prints the proven number. Any other outcome ends it with a fault.
"""

import sys

import jwt
from latchkey_api import Client
from latchkey_api.api.proofs import list_proof_keys, show_discovery
from latchkey_api.api.verifications import cancel_verification, check_code, show_verification, start_verification
from latchkey_api.models import CheckRequest, CheckResult, Discovery, Problem, ProofKeys, StartRequest, Verification

url, issuer, number = sys.argv[1:]
client = Client(base_url=url)


def of(kind, answer):
    if not isinstance(answer, kind) or answer.additional_properties:
        raise TypeError(f"{kind.__name__} was expected, not {answer!r}")
    return answer


def start():
    return of(Verification, start_verification.sync(client=client, body=StartRequest(to=number, nonce="n-1")))


def check(code):
    return of(CheckResult, check_code.sync(started.id, client=client, body=CheckRequest(code=code)))


started = start()
code = sys.stdin.readline().strip()
assert check(f"{(int(code) + 1) % 10**6:06}").result == "incorrect"
approved = check(code)
assert (approved.result, approved.status) == ("approved", "approved")
assert of(Verification, show_verification.sync(started.id, client=client)).status == "approved"
assert of(Problem, cancel_verification.sync("0" * 22, client=client)).code == "verification-not-found"
assert of(Discovery, show_discovery.sync(client=client)).issuer == issuer
keys = jwt.PyJWKSet.from_dict(of(ProofKeys, list_proof_keys.sync(client=client)).to_dict())
key = keys[jwt.get_unverified_header(approved.proof)["kid"]]
claims = jwt.decode(approved.proof, key.key, algorithms=["RS256"], issuer=issuer, audience="latchkey-dev")
assert claims["nonce"] == "n-1"
print(claims["phone_number"])
