import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.util.Set;

/** Checks a proof by Nimbus: java CheckProof.java ISSUER AUDIENCE PURPOSE NONCE, the proof on standard input. */
class CheckProof {
  public static void main(String[] args) throws Exception {
    var proof = new String(System.in.readAllBytes()).trim();
    var keys = JWKSourceBuilder.create(URI.create(args[0] + "/.well-known/jwks.json").toURL()).build();
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
    var expected = new JWTClaimsSet.Builder().issuer(args[0]).claim("purpose", args[2]).claim("nonce", args[3]).build();
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(args[1], expected, Set.of("exp", "jti", "phone_number")));
    System.out.println(processor.process(proof, null).getStringClaim("phone_number"));
  }
}
