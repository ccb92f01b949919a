// Checks a Latchkey proof: echo "$PROOF" | go run . ISSUER AUDIENCE PURPOSE NONCE
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

type claims struct {
	jwt.RegisteredClaims
	PhoneNumber string `json:"phone_number"`
	Purpose     string `json:"purpose"`
	Nonce       string `json:"nonce"`
}

// ProofCheck checks proofs of one deployment. Keys are fetched once and kept.
type ProofCheck struct {
	keys   keyfunc.Keyfunc
	parser *jwt.Parser
	// One process's memory. With several, use the database: insert the jti under a unique key.
	used sync.Map
}

// NewProofCheck fails where the keys cannot be fetched.
func NewProofCheck(issuer, audience string) (*ProofCheck, error) {
	keys, err := keyfunc.NewDefault([]string{issuer + "/.well-known/jwks.json"})
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		// Clocks of two machines differ by some seconds.
		jwt.WithLeeway(10*time.Second),
	)
	return &ProofCheck{keys: keys, parser: parser}, nil
}

// Number is the number that a proof proves, in E.164; an error where it proves nothing for this session.
func (check *ProofCheck) Number(proof, purpose, nonce string) (string, error) {
	var said claims
	if _, err := check.parser.ParseWithClaims(proof, &said, check.keys.Keyfunc); err != nil {
		return "", err
	}
	if purpose == "" || nonce == "" || said.Purpose != purpose || said.Nonce != nonce || said.PhoneNumber == "" {
		return "", errors.New("a proof of something else")
	}
	if _, isUsed := check.used.LoadOrStore(said.ID, true); isUsed || said.ID == "" {
		return "", errors.New("a proof that was used before")
	}
	return said.PhoneNumber, nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 4 {
		return errors.New("usage: check-proof ISSUER AUDIENCE PURPOSE NONCE < proof")
	}
	proof, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	check, err := NewProofCheck(args[0], args[1])
	if err != nil {
		return err
	}
	number, err := check.Number(strings.TrimSpace(string(proof)), args[2], args[3])
	if err != nil {
		return err
	}
	fmt.Println(number)
	return nil
}
