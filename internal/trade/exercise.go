package trade

import "strings"

// exercisePrefix begins the families of exercises (演练): what is told in a
// drill has records, threads and confirmations of its own, and nothing that
// looks at measures finds it.
const exercisePrefix = "exercise:"

// ExerciseFamily is the family under which a drill about that one is told.
func ExerciseFamily(family string) string { return exercisePrefix + family }

// IsExercise reports whether the family is that of a drill.
func IsExercise(family string) bool { return strings.HasPrefix(family, exercisePrefix) }
