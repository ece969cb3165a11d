// Package config turns command line flags, environment variables, a .env file
// and files that hold secrets into one checked Config.
//
// A flag wins over the environment, the environment over .env, that over the
// default; an empty value counts as unset in each of them. NAME_FILE names a
// file that holds the secret NAME and wins over a NAME that is set beside it.
// Everything that is wrong is reported at once.
//
// It is the only importer of viper, and is imported by cmd only.
package config
