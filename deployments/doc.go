// Package deployments holds no program: its tests check what the folder holds, the
// image, the Compose file and the Kubernetes base. They are a module of their own,
// so that what they need is not what the programs need.
package deployments
