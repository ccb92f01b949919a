"""Checks a Latchkey proof: echo "$PROOF" | python3 check_proof.py ISSUER AUDIENCE PURPOSE NONCE"""

import sys

import jwt


class ProofCheck:
    """Checks proofs of one deployment. Keys are fetched once and kept."""

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer = issuer
        self.audience = audience
        self.keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json")
        # One process's memory. With several, use the database: insert the jti under a unique key.
        self.used: set[str] = set()

    def number(self, proof: str, purpose: str, nonce: str) -> str:
        """The number that a proof proves, in E.164. Raises jwt.PyJWTError where it proves nothing for this session."""
        claims = jwt.decode(
            proof,
            self.keys.get_signing_key_from_jwt(proof).key,
            algorithms=["RS256"],
            issuer=self.issuer,
            # Clocks of two machines differ by some seconds.
            leeway=10,
            audience=self.audience,
            options={"require": ["exp", "jti", "phone_number", "purpose"]},
        )
        if not nonce or claims["purpose"] != purpose or claims.get("nonce") != nonce:
            raise jwt.InvalidTokenError("a proof of something else")
        if claims["jti"] in self.used:
            raise jwt.InvalidTokenError("a proof that was used before")
        self.used.add(claims["jti"])
        return claims["phone_number"]


if __name__ == "__main__":
    issuer, audience, purpose, nonce = sys.argv[1:]
    print(ProofCheck(issuer, audience).number(sys.stdin.read().strip(), purpose, nonce))
