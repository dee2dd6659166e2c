// Merges compose files as Docker Compose does, by its own loader, and prints the result as JSON: what is there when
// `docker compose -f FILE -f FILE` has read everything, with every variable filled in. The loader holds each file
// against the schema of compose files.
//
//	merge [--env-file=FILE …] [--profile=NAME …] FILE …
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	var files, envFiles, profiles []string
	for _, argument := range os.Args[1:] {
		if file, is := strings.CutPrefix(argument, "--env-file="); is {
			envFiles = append(envFiles, file)
		} else if profile, is := strings.CutPrefix(argument, "--profile="); is {
			profiles = append(profiles, profile)
		} else {
			files = append(files, argument)
		}
	}
	text, err := merged(files, envFiles, profiles)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(text)
}

func merged(files, envFiles, profiles []string) ([]byte, error) {
	options, err := cli.NewProjectOptions(files,
		cli.WithOsEnv, cli.WithEnvFiles(envFiles...), cli.WithDotEnv, cli.WithProfiles(profiles))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}
