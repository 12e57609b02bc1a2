// A controller as others write them, with controller-runtime: it keeps a Deployment for every Site, tells of it in the Site's status and in
// events, cleans up through a finalizer, and runs behind leader election. Then it is its own user, and says what it saw.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

var version = schema.GroupVersion{Group: "sites.example.com", Version: "v1"}

const finalizer = "sites.example.com/record"

type SiteSpec struct {
	Replicas int32  `json:"replicas"`
	Image    string `json:"image"`
}
type SiteStatus struct {
	Ready      int32              `json:"ready"`
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}
type Site struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              SiteSpec   `json:"spec,omitempty"`
	Status            SiteStatus `json:"status,omitempty"`
}
type SiteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Site `json:"items"`
}

func (in *Site) DeepCopyObject() runtime.Object {
	out := *in
	out.ObjectMeta = *in.ObjectMeta.DeepCopy()
	out.Status.Conditions = append([]metav1.Condition(nil), in.Status.Conditions...)
	return &out
}

func (in *SiteList) DeepCopyObject() runtime.Object {
	out := *in
	out.Items = make([]Site, len(in.Items))
	for i := range in.Items {
		out.Items[i] = *in.Items[i].DeepCopyObject().(*Site)
	}
	return &out
}

type reconciler struct {
	client.Client
	events record.EventRecorder
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var site Site
	if err := r.Get(ctx, request.NamespacedName, &site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !site.DeletionTimestamp.IsZero() {
		// What is left behind on purpose, so that it can be seen that the finalizer ran.
		gone := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: site.Name + "-gone", Namespace: site.Namespace}}
		if err := r.Create(ctx, gone); err != nil && !apierrors.IsAlreadyExists(err) {
			return ctrl.Result{}, err
		}
		if controllerutil.RemoveFinalizer(&site, finalizer) {
			return ctrl.Result{}, r.Update(ctx, &site)
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(&site, finalizer) {
		return ctrl.Result{}, r.Update(ctx, &site)
	}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: site.Name, Namespace: site.Namespace}}
	result, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error {
		labels := map[string]string{"site": site.Name}
		deployment.Spec.Replicas = &site.Spec.Replicas
		deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		deployment.Spec.Template.Labels = labels
		if len(deployment.Spec.Template.Spec.Containers) == 0 {
			deployment.Spec.Template.Spec.Containers = []corev1.Container{{Name: "web"}}
		}
		deployment.Spec.Template.Spec.Containers[0].Image = site.Spec.Image
		return controllerutil.SetControllerReference(&site, deployment, r.Scheme())
	})
	if err != nil {
		return ctrl.Result{}, err
	}
	if result != controllerutil.OperationResultNone {
		r.events.Eventf(&site, corev1.EventTypeNormal, "Deployed", "deployment %s", result)
	}
	if site.Status.Ready != deployment.Status.ReadyReplicas || len(site.Status.Conditions) == 0 {
		before := site.DeepCopyObject().(*Site)
		site.Status.Ready = deployment.Status.ReadyReplicas
		site.Status.Conditions = []metav1.Condition{{Type: "Deployed", Status: metav1.ConditionTrue, Reason: "Deployed", LastTransitionTime: metav1.Now(), ObservedGeneration: site.Generation}}
		return ctrl.Result{}, r.Status().Patch(ctx, &site, client.MergeFrom(before))
	}
	return ctrl.Result{}, nil
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ctrl.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	check(err)
	scheme := runtime.NewScheme()
	check(clientgoscheme.AddToScheme(scheme))
	scheme.AddKnownTypes(version, &Site{}, &SiteList{})
	metav1.AddToGroupVersion(scheme, version)
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme, Metrics: metricsserver.Options{BindAddress: "0"},
		LeaderElection: true, LeaderElectionID: "sites", LeaderElectionNamespace: "default", LeaderElectionReleaseOnCancel: true,
	})
	check(err)
	check(ctrl.NewControllerManagedBy(manager).For(&Site{}).Owns(&appsv1.Deployment{}).
		Complete(&reconciler{Client: manager.GetClient(), events: manager.GetEventRecorderFor("sites")}))
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	ended := make(chan error)
	go func() { ended <- manager.Start(ctx) }()
	<-manager.Elected()
	fmt.Println("elected ok")
	use(ctx, uncached(manager))
	stop()
	check(<-ended)
	fmt.Println("stopped ok")
}

// uncached is a client that asks the server each time, not the cache.
func uncached(manager ctrl.Manager) client.Client {
	direct, err := client.New(manager.GetConfig(), client.Options{Scheme: manager.GetScheme()})
	check(err)
	return direct
}

func until(ctx context.Context, what string, holds func() (bool, error)) {
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) { return holds() })
	if err != nil {
		panic(what + ": " + err.Error())
	}
	fmt.Println(what, "ok")
}

func use(ctx context.Context, c client.Client) {
	site := &Site{ObjectMeta: metav1.ObjectMeta{Name: "home", Namespace: "default"}, Spec: SiteSpec{Replicas: 2, Image: "nginx:1.27"}}
	key := client.ObjectKeyFromObject(site)
	check(c.Create(ctx, site))
	ready := func(wanted int32) func() (bool, error) {
		return func() (bool, error) {
			err := c.Get(ctx, key, site)
			return site.Status.Ready == wanted && len(site.Status.Conditions) == 1, err
		}
	}
	until(ctx, "status", ready(2))
	var deployment appsv1.Deployment
	check(c.Get(ctx, key, &deployment))
	if owner := metav1.GetControllerOf(&deployment); owner == nil || owner.UID != site.UID || owner.Kind != "Site" {
		panic(fmt.Sprint("owner: ", owner))
	}
	patched := client.MergeFrom(site.DeepCopyObject().(*Site))
	site.Spec.Replicas = 3
	check(c.Patch(ctx, site, patched))
	until(ctx, "scaled", ready(3))
	bad := site.DeepCopyObject().(*Site)
	bad.Spec.Replicas = -1
	if err := c.Update(ctx, bad); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "spec.replicas in body should be greater than or equal to 0") {
		panic(fmt.Sprint("an invalid site: ", err))
	}
	check(c.Delete(ctx, &deployment))
	until(ctx, "healed", func() (bool, error) {
		var again appsv1.Deployment
		err := c.Get(ctx, key, &again)
		return err == nil && again.UID != deployment.UID && again.Status.ReadyReplicas == 3, client.IgnoreNotFound(err)
	})
	until(ctx, "events", func() (bool, error) {
		var events corev1.EventList
		err := c.List(ctx, &events, client.InNamespace("default"), client.MatchingFields{"involvedObject.kind": "Site", "reason": "Deployed"})
		return len(events.Items) > 0, err
	})
	check(c.Delete(ctx, site))
	until(ctx, "finalized", func() (bool, error) {
		err := c.Get(ctx, client.ObjectKey{Namespace: "default", Name: "home-gone"}, &corev1.ConfigMap{})
		return err == nil && apierrors.IsNotFound(c.Get(ctx, key, site)), client.IgnoreNotFound(err)
	})
	until(ctx, "collected", func() (bool, error) {
		err := c.Get(ctx, key, &appsv1.Deployment{})
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
}
