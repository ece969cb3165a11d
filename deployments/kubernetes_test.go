package deployments

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/eosc-perf/backend/config"
)

// kinds are the types of the API in which the resources must fit, field by field.
var kinds = map[string]func() any{
	"apps/v1 Deployment":                 func() any { return &appsv1.Deployment{} },
	"batch/v1 CronJob":                   func() any { return &batchv1.CronJob{} },
	"batch/v1 Job":                       func() any { return &batchv1.Job{} },
	"networking.k8s.io/v1 Ingress":       func() any { return &networkingv1.Ingress{} },
	"networking.k8s.io/v1 NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
	"policy/v1 PodDisruptionBudget":      func() any { return &policyv1.PodDisruptionBudget{} },
	"v1 ConfigMap":                       func() any { return &corev1.ConfigMap{} },
	"v1 Namespace":                       func() any { return &corev1.Namespace{} },
	"v1 PersistentVolumeClaim":           func() any { return &corev1.PersistentVolumeClaim{} },
	"v1 Secret":                          func() any { return &corev1.Secret{} },
	"v1 Service":                         func() any { return &corev1.Service{} },
}

// resources builds the example, which has the base in it, as `kubectl apply -k` does.
func resources(t *testing.T) []any {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("kubernetes")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"db_password", "secret_key"} {
		write(t, filepath.Join(folder, "example/secrets", name), []byte("0123456789abcdef"), 0o600)
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder+"/example")
	if err != nil {
		t.Fatal(err)
	}
	var all []any
	for _, resource := range built.Resources() {
		kind := resource.GetApiVersion() + " " + resource.GetKind()
		text, err := resource.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if kinds[kind] == nil {
			t.Fatalf("%s %s: this kind is not expected", kind, resource.GetName())
		}
		object := kinds[kind]()
		if err := yaml.UnmarshalStrict(text, object); err != nil {
			t.Errorf("%s %s: %v", kind, resource.GetName(), err)
		}
		all = append(all, object)
	}
	return all
}

// find returns the one resource of a type with this name.
func find[T metav1.Object](t *testing.T, all []any, name string) T {
	t.Helper()
	var none T
	for _, object := range all {
		// Generated ones have a hash of their content at the end.
		if found, ok := object.(T); ok && (found.GetName() == name || strings.HasPrefix(found.GetName(), name+"-")) {
			return found
		}
	}
	t.Fatalf("there is no %T %s", none, name)
	return none
}

// pods are all that the resources would start, by name.
func pods(all []any) map[string]corev1.PodTemplateSpec {
	found := map[string]corev1.PodTemplateSpec{}
	for _, object := range all {
		switch o := object.(type) {
		case *appsv1.Deployment:
			found[o.Name] = o.Spec.Template
		case *batchv1.Job:
			found[o.Name] = o.Spec.Template
		case *batchv1.CronJob:
			found[o.Name] = o.Spec.JobTemplate.Spec.Template
		}
	}
	return found
}

// TestPodsAreRestricted: by the Pod Security Standards' strictest level, and beyond
// it a root that cannot be written to, bounded memory, and no token of the cluster's.
func TestPodsAreRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	found := pods(resources(t))
	if len(found) != 3 {
		t.Errorf("%d kinds of pods, want server, migrate and backup", len(found))
	}
	for name, pod := range found {
		restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
		for _, result := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
			if !result.Allowed {
				t.Errorf("%s: %s: %s", name, result.ForbiddenReason, result.ForbiddenDetail)
			}
		}
		if token := pod.Spec.AutomountServiceAccountToken; token == nil || *token {
			t.Errorf("%s gets a token of the cluster's API", name)
		}
		for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			if readOnly := c.SecurityContext.ReadOnlyRootFilesystem; readOnly == nil || !*readOnly {
				t.Errorf("%s: the root of %s can be written to", name, c.Name)
			}
			if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s: %s has no limit of memory or asks for no CPU", name, c.Name)
			}
		}
	}
}

// TestKubernetesSettings: what the containers get is what the programs accept.
func TestKubernetesSettings(t *testing.T) {
	all := resources(t)
	given := find[*corev1.ConfigMap](t, all, "eosc-perf").Data
	secret := find[*corev1.Secret](t, all, "eosc-perf")
	folder := t.TempDir()
	for name, text := range secret.Data {
		write(t, filepath.Join(folder, name), text, 0o600)
	}
	for name, pod := range pods(all) {
		for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			if strings.HasPrefix(c.Image, "postgres:") {
				continue
			}
			var environ []string
			for key, value := range given {
				environ = append(environ, key+"="+value)
			}
			for _, variable := range c.Env {
				environ = append(environ, variable.Name+"="+strings.Replace(variable.Value, c.VolumeMounts[0].MountPath, folder, 1))
			}
			expectSettings(t, name+": "+c.Name, environ, c.Args[0] != "server")
		}
	}
	deployment := find[*appsv1.Deployment](t, all, "eosc-perf").Spec.Template.Spec
	service := find[*corev1.Service](t, all, "eosc-perf")
	ingress := find[*networkingv1.Ingress](t, all, "eosc-perf").Spec.Rules[0].HTTP.Paths[0]
	if ingress.Path != given["BACKEND_ROUTE"] || ingress.Backend.Service.Name != service.Name ||
		service.Spec.Ports[0].TargetPort.StrVal != deployment.Containers[0].Ports[0].Name {
		t.Errorf("%s leads to %v, which leads to %v", ingress.Path, ingress.Backend.Service, service.Spec.Ports)
	}
	const longestStop = 10 // seconds, for SHUTDOWN_DELAY and SHUTDOWN_TIMEOUT
	delay := deployment.Containers[0].Lifecycle.PreStop.Sleep.Seconds
	if patience := *deployment.TerminationGracePeriodSeconds; patience <= delay+longestStop {
		t.Errorf("a server is killed after %d seconds, while requests may be open", patience)
	}
}

// expectSettings checks that each variable is a setting, and that together they are
// accepted.
func expectSettings(t *testing.T, who string, environ []string, databaseOnly bool) {
	t.Helper()
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		isSetting := slices.ContainsFunc(config.Settings(), func(s config.Setting) bool { return s.Name == name })
		if !isSetting && name != "GOMEMLIMIT" { // that is Go's own

			t.Errorf("%s gets %s, which is no setting", who, name)
		}
	}
	if _, err := config.Load(config.Source{Environ: environ, Dir: t.TempDir(), DatabaseOnly: databaseOnly}); err != nil {
		t.Errorf("%s: %v", who, err)
	}
}
