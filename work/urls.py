"""The addresses of tasks, demonstrations and results, below `/tasks/`."""

from django.urls import path

from guards.rates import makes_a_file
from work.pages.board import task_board, task_cell, task_export, task_verdict, tasks
from work.pages.demonstration import demonstration, demonstration_decide, demonstrations
from work.pages.showcase import results, showcase, showcase_export

urlpatterns = [
    path("", tasks, name="tasks"),
    path("demonstrations/", demonstrations, name="demonstrations"),
    path("demonstrations/<int:pk>/", demonstration, name="demonstration"),
    path("demonstrations/<int:pk>/decide/", demonstration_decide, name="demonstration-decide"),
    path("results/", results, name="results"),
    path("results/<str:area>/", showcase, name="showcase"),
    path("results/<str:area>/results.xlsx", makes_a_file(showcase_export), name="showcase-export"),
    path("progress/<int:pk>/verdict/", task_verdict, name="task-verdict"),
    path("<slug:plan>/<slug:area>/", task_board, name="task-board"),
    path("<slug:plan>/<slug:area>/tasks.xlsx", makes_a_file(task_export), name="task-export"),
    path("<slug:plan>/<slug:area>/<slug:task>/", task_cell, name="task-cell"),
]
