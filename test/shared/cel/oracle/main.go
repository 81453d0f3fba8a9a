// Evaluates expressions in the environment of upstream's API server: a JSON question a line on stdin, a JSON answer a line on stdout.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	schemacel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

type question struct {
	Expression string `json:"expression"`
	// Of rules: a schema, and a value with what it was before.
	Schema *apiextensionsv1.JSONSchemaProps `json:"schema"`
	Value  any                              `json:"value"`
	Old    any                              `json:"old"`
}

type ruleAnswer struct {
	MaxCost      string `json:"maxCost"`
	Cardinality  string `json:"cardinality"`
	Error        string `json:"error,omitempty"`
	UsesOldSelf  bool   `json:"usesOldSelf"`
	MessageError string `json:"messageError,omitempty"`
	MessageCost  string `json:"messageCost"`
}

type answer struct {
	Issues   string  `json:"issues,omitempty"`
	Plan     string  `json:"plan,omitempty"`
	Type     string  `json:"type,omitempty"`
	Min      string  `json:"min,omitempty"`
	Max      string  `json:"max,omitempty"`
	Value    string  `json:"value,omitempty"`
	Error    string  `json:"error,omitempty"`
	Cost     *uint64 `json:"cost,omitempty"`
	Rules    []ruleAnswer `json:"rules,omitempty"`
	Errors   []string `json:"errors,omitempty"`
	Left     *int64 `json:"left,omitempty"`
}

// whole numbers are ints, as the server reads JSON.
func ints(value any) any {
	switch v := value.(type) {
	case float64:
		if v == math.Trunc(v) {
			return int64(v)
		}
	case map[string]any:
		for key := range v {
			v[key] = ints(v[key])
		}
	case []any:
		for i := range v {
			v[i] = ints(v[i])
		}
	}
	return value
}

// askRules compiles and runs the rules of a schema, that of a whole object.
func askRules(q question) (a answer) {
	internal := &apiextensions.JSONSchemaProps{}
	must(apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(q.Schema, internal, nil))
	structural, err := structuralschema.NewStructural(internal)
	must(err)
	base := environment.MustBaseEnvSet(version.MajorMinor(1, 35))
	results, err := schemacel.Compile(structural, model.SchemaDeclType(structural, true), celconfig.PerCallLimit, base, schemacel.NewExpressionsEnvLoader())
	if err != nil {
		a.Issues = err.Error()
		return
	}
	for _, r := range results {
		one := ruleAnswer{MaxCost: fmt.Sprint(r.MaxCost), Cardinality: fmt.Sprint(r.MaxCardinality), UsesOldSelf: r.UsesOldSelf, MessageCost: fmt.Sprint(r.MessageExpressionMaxCost)}
		if r.Error != nil {
			one.Error = r.Error.Error()
		}
		if r.MessageExpressionError != nil {
			one.MessageError = r.MessageExpressionError.Error()
		}
		a.Rules = append(a.Rules, one)
	}
	if validator := schemacel.NewValidator(structural, true, celconfig.PerCallLimit); validator != nil && q.Value != nil {
		errs, left := validator.Validate(context.Background(), nil, structural, ints(q.Value), ints(q.Old), celconfig.RuntimeCELCostBudget)
		for _, e := range errs {
			a.Errors = append(a.Errors, e.Error())
		}
		sort.Strings(a.Errors)
		a.Left = &left
	}
	return
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// show writes a value with its type, maps in the order of their keys' text.
func show(value ref.Val) string {
	switch v := value.(type) {
	case types.Bool:
		return fmt.Sprintf("%v", bool(v))
	case types.Int:
		return fmt.Sprintf("%d", int64(v))
	case types.Uint:
		return fmt.Sprintf("%du", uint64(v))
	case types.Double:
		return fmt.Sprintf("double %g", float64(v))
	case types.String:
		text, _ := json.Marshal(string(v))
		return "string " + string(text)
	case types.Bytes:
		return fmt.Sprintf("bytes %x", []byte(v))
	case types.Null:
		return "null"
	case types.Duration:
		return fmt.Sprintf("duration %d", int64(v.Duration))
	case types.Timestamp:
		return fmt.Sprintf("timestamp %d.%d", v.Time.Unix(), v.Time.Nanosecond())
	case *types.Type:
		return "type " + v.TypeName()
	case *types.Optional:
		if !v.HasValue() {
			return "none"
		}
		return "optional " + show(v.GetValue())
	}
	if list, ok := value.(traits.Lister); ok {
		items := []string{}
		for it := list.Iterator(); it.HasNext() == types.True; {
			items = append(items, show(it.Next()))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if m, ok := value.(traits.Mapper); ok {
		items := []string{}
		for it := m.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			items = append(items, show(key)+": "+show(m.Get(key)))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	if value.ConvertToType(types.StringType).Type() == types.StringType {
		return value.Type().TypeName() + " " + fmt.Sprintf("%v", value.ConvertToType(types.StringType).Value())
	}
	return value.Type().TypeName()
}

func ask(env *cel.Env, q question, variables map[string]any) (a answer) {
	ast, issues := env.Compile(q.Expression)
	if issues != nil {
		a.Issues = issues.String()
		return
	}
	a.Type = cel.FormatCELType(ast.OutputType())
	estimator := &library.CostEstimator{}
	estimate, err := env.EstimateCost(ast, estimator)
	if err != nil {
		a.Issues = err.Error()
		return
	}
	a.Min, a.Max = fmt.Sprint(estimate.Min), fmt.Sprint(estimate.Max)
	program, err := env.Program(ast, cel.CostLimit(celconfig.PerCallLimit), cel.CostTracking(estimator))
	if err != nil {
		a.Plan = err.Error()
		return
	}
	value, details, err := program.Eval(variables)
	if details != nil {
		a.Cost = details.ActualCost()
	}
	if err != nil {
		a.Error = err.Error()
		return
	}
	a.Value = show(value)
	return
}

func main() {
	set, err := environment.MustBaseEnvSet(version.MajorMinor(1, 35)).Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions: []cel.EnvOption{
			cel.Variable("i", cel.IntType),
			cel.Variable("u", cel.UintType),
			cel.Variable("d", cel.DoubleType),
			cel.Variable("b", cel.BoolType),
			cel.Variable("s", cel.StringType),
			cel.Variable("y", cel.BytesType),
			cel.Variable("x", cel.DynType),
			cel.Variable("ls", cel.ListType(cel.StringType)),
			cel.Variable("li", cel.ListType(cel.IntType)),
			cel.Variable("m", cel.MapType(cel.StringType, cel.DynType)),
			cel.Variable("mi", cel.MapType(cel.StringType, cel.IntType)),
			cel.Variable("o", cel.OptionalType(cel.StringType)),
		},
	})
	if err != nil {
		panic(err)
	}
	env := set.StoredExpressionsEnv()
	variables := map[string]any{
		"i": int64(7), "u": uint64(7), "d": 2.5, "b": true, "s": "hello wörld", "y": []byte("ab\x00"),
		"x":  map[string]any{"a": int64(1), "list": []any{int64(3), "three", 3.5, nil}, "deep": map[string]any{"er": "value"}},
		"ls": []string{"b", "a", "c"}, "li": []int64{3, 1, 2},
		"m":  map[string]any{"k": "v"},
		"mi": map[string]int64{"one": 1},
		"o":  types.OptionalOf(types.String("there")),
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<24)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		var made answer
		if q.Schema != nil {
			made = askRules(q)
		} else {
			made = ask(env, q, variables)
		}
		line, err := json.Marshal(made)
		if err != nil {
			panic(err)
		}
		out.Write(line)
		out.WriteByte('\n')
		out.Flush()
	}
}
