// One verification by the client that oapi-codegen generates beside this file: go run . URL NUMBER, with the code on standard input. Prints the proof.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx, nonce := context.Background(), "n-1"
	client := must(NewClientWithResponses(os.Args[1]))
	request := StartRequest{To: os.Args[2], Nonce: &nonce}
	started := must(client.StartVerificationWithResponse(ctx, nil, request)).JSON201
	code := strings.TrimSpace(string(must(io.ReadAll(os.Stdin))))
	check := func(code string) *CheckResult {
		return must(client.CheckCodeWithResponse(ctx, started.Id, nil, CheckRequest{Code: code})).JSON200
	}
	wrong := fmt.Sprintf("%06d", (must(strconv.Atoi(code))+1)%1_000_000)
	incorrect, approved := check(wrong), check(code)
	shown := must(client.ShowVerificationWithResponse(ctx, started.Id)).JSON200
	missing := must(client.CancelVerificationWithResponse(ctx, strings.Repeat("0", 22))).ApplicationproblemJSON404
	told := fmt.Sprint(incorrect.Result, " ", approved.Result, " ", shown.Status, " ", missing.Code)
	if told != "incorrect approved approved verification-not-found" {
		panic(told)
	}
	fmt.Println(*approved.Proof)
}
