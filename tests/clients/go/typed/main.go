// Typed client-go as others use it, against whatever KUBECONFIG names: each step says what it saw, and the first that is wrong ends the program.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
)

const namespace = "default"

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func expect(ok bool, format string, args ...any) {
	if !ok {
		panic(fmt.Sprintf(format, args...))
	}
}

func main() {
	config := must(clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG")))
	config.QPS, config.Burst = 200, 200
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	client := must(kubernetes.NewForConfig(config))
	for _, step := range []struct {
		name string
		run  func(context.Context, *rest.Config, *kubernetes.Clientset)
	}{
		{"discovery", discovers}, {"protobuf", writes}, {"pages", pages}, {"informers", informs}, {"apply", applies},
		{"streams", streams}, {"tokens", tokens}, {"dynamic", dynamics}, {"election", elects},
	} {
		step.run(ctx, config, client)
		fmt.Println(step.name, "ok")
	}
}

func discovers(_ context.Context, _ *rest.Config, client *kubernetes.Clientset) {
	groups, resources, err := client.Discovery().ServerGroupsAndResources()
	check(err)
	expect(len(groups) > 15 && len(resources) >= len(groups), "%d groups, %d lists", len(groups), len(resources))
	expect(must(client.Discovery().ServerVersion()).Minor == "36", "version")
	document := must(client.Discovery().OpenAPISchema())
	expect(len(document.GetDefinitions().GetAdditionalProperties()) > 500, "definitions of OpenAPI v2 in protobuf")
	expect(len(must(client.Discovery().OpenAPIV3().Paths())) > 20, "paths of OpenAPI v3")
}

// The client's own default: bodies in protobuf, whatever the server answers in.
func writes(ctx context.Context, config *rest.Config, client *kubernetes.Clientset) {
	maps := client.CoreV1().ConfigMaps(namespace)
	made := must(maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "typed", Labels: map[string]string{"a": "b"}}, Data: map[string]string{"k": "ü"}, BinaryData: map[string][]byte{"b": {0, 255}}}, metav1.CreateOptions{}))
	expect(made.Data["k"] == "ü" && bytes.Equal(made.BinaryData["b"], []byte{0, 255}), "made: %v", made)
	_, err := maps.Create(ctx, made.DeepCopy(), metav1.CreateOptions{})
	expect(err != nil, "an object with a resource version was created")
	made.Data["k"] = "v"
	updated := must(maps.Update(ctx, made, metav1.UpdateOptions{}))
	expect(updated.ResourceVersion != made.ResourceVersion, "the update made no revision")
	_, err = maps.Update(ctx, made, metav1.UpdateOptions{})
	expect(apierrors.IsConflict(err), "a stale update: %v", err)
	uid := updated.UID
	wrong := "wrong"
	err = maps.Delete(ctx, "typed", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{ResourceVersion: &wrong}})
	expect(apierrors.IsConflict(err), "a delete with a wrong precondition: %v", err)
	check(maps.Delete(ctx, "typed", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}}))
	_, err = maps.Get(ctx, "typed", metav1.GetOptions{})
	expect(apierrors.IsNotFound(err), "after the delete: %v", err)

	json := rest.CopyConfig(config)
	json.ContentType = "application/json"
	_, err = must(kubernetes.NewForConfig(json)).CoreV1().Pods(namespace).Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "bad"}}, metav1.CreateOptions{})
	expect(apierrors.IsInvalid(err) && strings.Contains(err.Error(), "spec.containers: Required value"), "a pod without containers: %v", err)
}

func pages(ctx context.Context, _ *rest.Config, client *kubernetes.Clientset) {
	for i := range 7 {
		must(client.CoreV1().ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("page-", i), Labels: map[string]string{"set": "pages"}}}, metav1.CreateOptions{}))
	}
	seen, asked, token := 0, 0, ""
	for {
		list := must(client.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{LabelSelector: "set=pages", Limit: 3, Continue: token}))
		seen, asked, token = seen+len(list.Items), asked+1, list.Continue
		if token == "" {
			break
		}
	}
	expect(seen == 7 && asked == 3, "%d objects in %d pages", seen, asked)
	check(client.CoreV1().ConfigMaps(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "set=pages"}))
}

// Informers list by watching (sendInitialEvents) where client-go's default says so.
func informs(ctx context.Context, _ *rest.Config, client *kubernetes.Clientset) {
	stream := must(client.CoreV1().Nodes().Watch(ctx, metav1.ListOptions{SendInitialEvents: new(true), AllowWatchBookmarks: true, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan}))
	added := 0
	for event := range stream.ResultChan() {
		if node, ok := event.Object.(*corev1.Node); ok && event.Type == "ADDED" {
			added++
			expect(node.Kind == "" || node.Kind == "Node", "kind %q", node.Kind)
		} else if event.Type == "BOOKMARK" {
			expect(node.Annotations["k8s.io/initial-events-end"] == "true", "the bookmark: %v", node.Annotations)
			break
		}
	}
	stream.Stop()
	expect(added == 4, "%d nodes before the bookmark", added)

	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	events := make(chan string, 100)
	informer := factory.Core().V1().ConfigMaps().Informer()
	must(informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { events <- "added " + object.(*corev1.ConfigMap).Name },
		UpdateFunc: func(_, object any) { events <- "updated " + object.(*corev1.ConfigMap).Data["k"] },
		DeleteFunc: func(object any) { events <- "deleted " + object.(*corev1.ConfigMap).Name },
	}))
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	maps := client.CoreV1().ConfigMaps(namespace)
	made := must(maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "seen"}}, metav1.CreateOptions{}))
	made.Data = map[string]string{"k": "2"}
	must(maps.Update(ctx, made, metav1.UpdateOptions{}))
	check(maps.Delete(ctx, "seen", metav1.DeleteOptions{}))
	for _, wanted := range []string{"added seen", "updated 2", "deleted seen"} {
		for {
			select {
			case event := <-events:
				if event != wanted {
					expect(strings.HasPrefix(event, "added"), "%s, waiting for %s", event, wanted)
					continue
				}
			case <-time.After(30 * time.Second):
				panic("no event: " + wanted)
			}
			break
		}
	}
}

func applies(ctx context.Context, _ *rest.Config, client *kubernetes.Clientset) {
	labels := map[string]string{"app": "applied"}
	deployment := appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(1).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
		WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels).WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().WithName("web").WithImage("nginx:1.27")))))
	deployments := client.AppsV1().Deployments(namespace)
	must(deployments.Apply(ctx, deployment, metav1.ApplyOptions{FieldManager: "one"}))
	_, err := deployments.Apply(ctx, appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(2)), metav1.ApplyOptions{FieldManager: "two"})
	expect(apierrors.IsConflict(err), "another manager: %v", err)
	extracted := must(appsapply.ExtractDeployment(must(deployments.Get(ctx, "applied", metav1.GetOptions{})), "one"))
	expect(*extracted.Spec.Replicas == 1 && len(extracted.Spec.Template.Spec.Containers) == 1, "extracted: %v", extracted)
	scale := must(deployments.GetScale(ctx, "applied", metav1.GetOptions{}))
	scale.Spec.Replicas = 2
	must(deployments.UpdateScale(ctx, "applied", scale, metav1.UpdateOptions{}))
	check(wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		found, err := deployments.Get(ctx, "applied", metav1.GetOptions{})
		return err == nil && found.Status.ReadyReplicas == 2, err
	}))
}

func streams(ctx context.Context, config *rest.Config, client *kubernetes.Clientset) {
	pods := must(client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=applied"}))
	pod := pods.Items[0].Name
	address := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod)
	exec := address.SubResource("exec").Param("command", "cat").Param("container", "web").Param("stdin", "true").Param("stdout", "true").Param("stderr", "true").URL()
	for name, executor := range map[string]remotecommand.Executor{
		"SPDY":      must(remotecommand.NewSPDYExecutor(config, "POST", exec)),
		"WebSocket": must(remotecommand.NewWebSocketExecutor(config, "GET", exec.String())),
	} {
		var out bytes.Buffer
		check(executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: strings.NewReader("typed"), Stdout: &out, Stderr: io.Discard}))
		expect(out.String() == "typed", "%s: %q", name, out.String())
	}

	forward := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(config)
	check(err)
	overSpdy := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", forward)
	overWebSocket := must(portforward.NewSPDYOverWebsocketDialer(forward, config))
	stop, ready := make(chan struct{}), make(chan struct{})
	forwarder := must(portforward.New(portforward.NewFallbackDialer(overWebSocket, overSpdy, func(error) bool { return false }), []string{"0:80"}, stop, ready, io.Discard, os.Stderr))
	go func() { check(forwarder.ForwardPorts()) }()
	<-ready
	port := must(forwarder.GetPorts())[0].Local
	response := must(http.Get(fmt.Sprintf("http://127.0.0.1:%d/", port)))
	body := must(io.ReadAll(response.Body))
	close(stop)
	expect(bytes.Contains(body, []byte("Welcome to nginx")), "through the port: %s", body)
	logs := must(client.CoreV1().Pods(namespace).GetLogs(pod, &corev1.PodLogOptions{}).DoRaw(ctx))
	expect(bytes.Contains(logs, []byte("GET / HTTP/1.1")), "the log: %s", logs)
}

func tokens(ctx context.Context, config *rest.Config, client *kubernetes.Clientset) {
	seconds := int64(600)
	issued := must(client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, "default", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}, metav1.CreateOptions{}))
	other := rest.AnonymousClientConfig(config)
	other.BearerToken = issued.Status.Token
	account := must(kubernetes.NewForConfig(other))
	self := must(account.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{}))
	expect(self.Status.UserInfo.Username == "system:serviceaccount:default:default", "it is %s", self.Status.UserInfo.Username)
	_, err := account.CoreV1().Secrets(namespace).List(ctx, metav1.ListOptions{})
	expect(apierrors.IsForbidden(err), "secrets: %v", err)
}

func dynamics(ctx context.Context, config *rest.Config, _ *kubernetes.Clientset) {
	pods := must(dynamic.NewForConfig(config)).Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"}).Namespace(namespace)
	list := must(pods.List(ctx, metav1.ListOptions{LabelSelector: "app=applied"}))
	expect(len(list.Items) == 2 && list.GetKind() == "PodList", "%d of %s", len(list.Items), list.GetKind())
	foreground := metav1.DeletePropagationForeground
	deployments := must(dynamic.NewForConfig(config)).Resource(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}).Namespace(namespace)
	check(deployments.Delete(ctx, "applied", metav1.DeleteOptions{PropagationPolicy: &foreground}))
	check(wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		left, err := pods.List(ctx, metav1.ListOptions{LabelSelector: "app=applied"})
		return err == nil && len(left.Items) == 0, err
	}))
}

func elects(ctx context.Context, _ *rest.Config, client *kubernetes.Clientset) {
	won := make(chan string, 2)
	for _, who := range []string{"one", "two"} {
		mine, leave := context.WithCancel(ctx)
		lock := &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Name: "elected", Namespace: namespace}, Client: client.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: who}}
		go leaderelection.RunOrDie(mine, leaderelection.LeaderElectionConfig{
			Lock: lock, ReleaseOnCancel: true, LeaseDuration: 6 * time.Second, RenewDeadline: 4 * time.Second, RetryPeriod: 500 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { won <- who; leave() }, OnStoppedLeading: func() {}},
		})
	}
	first, second := <-won, <-won
	expect(first != second, "%s twice", first)
}
